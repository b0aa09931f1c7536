import type { CategoryWords } from './category.js'

export const dutchCategories: CategoryWords = {
  health: `
    kanker*, chemo*, tumor*, diabet*, suikerziekte, insuline, astma*, epilep*, dement*, alzheimer, parkinson, hartaanval*, hartinfarct*, beroerte*,
    hiv, hepatitis, artrose, artritis, reuma*, autis*, adhd, bipolair*, schizofren*, psychose*, psychiat*, psycholoog, depressie*, depressief,
    antidepress*, angststoornis*, zelfmoord*, suicid*, verslaafd*, verslaving*, alcoholi*, afkick*, miskraam*, zwanger*, abortus*, ivf, gehandicapt*,
    handicap*, beperking, rolstoel*, diagnose*, recept van de, medicijn*, medicatie, ziekenhuis*, mijn huisarts, mijn arts, operatie*, chirurg*,
    chronisch* ziek*, ziek gemeld, ziekmelding*, geestelijke gezondheid, dialyse, oncolo*, burnout, burn out, anorexia, boulimia, eetstoornis*,
    bloeddruk*, verpleeghuis*, verzorgingshuis*, wmo, pgb
  `,
  religion: `
    christen*, christelijk*, katholiek*, protestant*, gereformeerd*, hervormd*, moslim*, islam*, joods*, jodendom, hindoe*, boeddhis*, atheis*,
    agnost*, jehova*, moskee*, synagoge*, mijn kerk, mijn geloof, mijn religie, geloofsovertuiging*, levensovertuiging*, ramadan, koosjer, halal,
    gedoopt, doopsgezind*, humanist*
  `,
  politics: `
    vvd, pvda, groenlinks, pvv, cda, christenunie, sgp, bbb, forum voor democratie, vlaams belang, vooruit lid, lid van (de) partij, partijlid*,
    ik heb gestemd op, ik stem op, politieke voorkeur*, politieke overtuiging*, politieke partij*, extreem rechts, extreem links, communis*, socialis*
  `,
  union: `
    vakbond*, vakvereniging*, fnv, cnv, abvv, acv, vakbondslid*, ondernemingsraad*, stakers, gaan staken, aan het staken, stakingskas, bondslid*
  `,
  ethnicity: `
    etni*, raciaal, racis*, mijn ras, huidskleur*, surinaams*, antilliaans*, marokkaans*, turks* afkomst, afkomst, migratieachtergrond*, zigeuner*,
    roma, vluchteling*, asiel*, statushouder*, mijn nationaliteit, geboorteland
  `,
  'sex-life': `
    homo*, lesbisch*, lesbienne*, biseksue*, heteroseksue*, transgender*, transseksue*, non binair, nonbinair, lhbt*, seksuele geaardheid,
    seksuele voorkeur, seksualiteit, seksleven, seksueel misbruik*, aanranding*, verkracht*, soa, geslachtsziekte*, zelfde geslacht, anticonceptie*,
    geslachtsverandering*, genderidentiteit
  `,
  genetic: `
    genetisch*, genoom, dna test*, dna onderzoek*, chromosoom*, chromosom*, erfelijk*, syndroom van down, taaislijmziekte, sikkelcel*, hemofilie, huntington
  `,
  biometric: `
    biometri*, vingerafdruk*, gezichtsherkenning*, irisscan*, stemherkenning*, stemafdruk*
  `,
  children: `
    kinderbescherming*, jeugdzorg*, jeugdbescherming*, pleeggezin*, pleegkind*, pleegouder*, geadopteerd*, adoptie, mijn zoon is, mijn zoontje,
    mijn dochter is, mijn dochtertje, mijn baby, kinderbijslag*, kinderalimentatie*, voogdij*, kinderopvang*, kindermishandeling*, speciaal onderwijs
  `,
}
