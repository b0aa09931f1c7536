import type { CategoryWords } from './category.js'

export const germanCategories: CategoryWords = {
  health: `
    krebs*, chemotherapie*, tumor*, diabet*, zuckerkrank*, insulin*, asthma*, epilep*, demenz*, dement, alzheimer*, parkinson*, herzinfarkt*, schlaganfall*,
    hiv, aids, hepatitis, arthrose, arthritis, rheuma*, multiple sklerose, autis*, adhs, bipolar*, schizophren*, psychose*, psychiat*, psychotherap*,
    depression*, depressiv*, antidepress*, angststorung*, selbstmord*, suizid*, suchtig, suchtkrank*, drogensucht*, alkoholi*, alkoholsucht*, entzug,
    fehlgeburt*, schwanger*, abtreibung*, kunstliche befruchtung, behindert*, behinderung*, schwerbehinder*, rollstuhl*, diagnos*, rezept vom, medikament*,
    krankenhaus*, klinik*, mein arzt, meine arztin, mein hausarzt, operiert, chirurg*, chronisch* krank*, krankgeschrieben, krankschreibung*, dialyse,
    onkolog*, burnout, magersucht*, essstorung*, bulimie, blutdruck*, pflegegrad*, pflegeheim*, pflegestufe*
  `,
  religion: `
    christlich*, katholisch*, katholik*, evangelisch*, protestant*, orthodox*, muslim*, moslem*, islam*, judisch*, judentum, hindu*, buddhis*, atheis*,
    agnosti*, zeugen jehovas, moschee*, synagoge*, meine kirche, meine gemeinde, mein glaube, meine religion, konfession*, glaubensgemeinschaft*,
    kirchensteuer*, ramadan, koscher, halal, getauft, freikirch*, konfirm*
  `,
  politics: `
    spd, cdu, csu, fdp, afd, die grunen, die linke, parteimitglied*, partei mitglied, ich wahle die, politische meinung*,
    politische uberzeugung*, politische partei*, rechtsextrem*, linksextrem*, kommunis*, sozialis*, svp, ovp, fpo, spo
  `,
  union: `
    gewerkschaft*, verdi mitglied, ig metall, betriebsrat*, personalrat*, streikgeld, streikkasse, im streik, warnstreik*, gewerkschaftsmitglied*, gewerkschafter*
  `,
  ethnicity: `
    ethni*, rassis*, rassisch*, meine rasse, hautfarbe*, migrationshintergrund*, afrodeutsch*, turkischer herkunft, herkunftsland, zigeuner*, sinti, roma,
    fluchtling*, gefluchtet*, asyl*, meine staatsangehorigkeit, geburtsland
  `,
  'sex-life': `
    schwul*, lesbisch*, lesbe*, homosexuel*, bisexuel*, heterosexuel*, transgender*, transsexuel*, transidentit*, nichtbinar*, nonbinar*, lgbt*, queer*,
    sexuelle orientierung, sexualitat, sexualleben, sexuellen missbrauch*, sexueller missbrauch, sexuell belastigt, vergewaltig*, geschlechtskrankheit*,
    geschlechtsangleichung*, gleichgeschlechtlich*, verhutung*, antibabypille*
  `,
  genetic: `
    genetisch*, gentest*, genom, dna test*, dna probe*, chromosom*, erbkrankheit*, erblich*, down syndrom, trisomie*, mukoviszidose, sichelzell*, bluter,
    hamophilie, huntington
  `,
  biometric: `
    biometri*, fingerabdruck*, gesichtserkennung*, irisscan*, iris scan*, stimmerkennung*, stimmabdruck*
  `,
  children: `
    jugendamt*, kinderschutz*, pflegefamilie*, pflegekind*, pflegeeltern, adoptier*, adoption*, mein sohn ist, meine tochter ist, mein kleiner sohn,
    meine kleine tochter, mein baby, kindergeld*, kindesunterhalt*, unterhaltsvorschuss*, sorgerecht*, kita platz, kindeswohl*, kindesmissbrauch*, forderschule*,
    kindergarten*
  `,
}
