import type { CategoryWords } from './category.js'

/** Words that begin with c, p, t, g, b, d, m, ll or rh change that letter behind others; the mutated forms stand beside them. */
export const welshCategories: CategoryWords = {
  health: `
    canser*, ganser*, chanser*, cemotherapi, chemotherapi, tiwmor*, diabet*, ddiabet*, clefyd siwgr, inswlin, asthma, epilep*, dementia, ddementia,
    alzheimer*, parkinson*, trawiad ar y galon, drawiad ar y galon, stroc, hiv, hepatitis, arthritis, gwynegon, awtis*, deubegynol, sgitsoffren*, seiciatr*,
    seicosis, iselder, gwrth iselder, gorbryder, orbryder, hunanladd*, hunan niweidio, gorddos*, caethiw*, gaethiw*, alcoholi*, camesgor*, beichiog*, feichiog*,
    erthyl*, anabl*, anabledd*, cadair olwyn, gadair olwyn, diagnos*, ddiagnos*, presgripsiwn*, bresgripsiwn*, meddyginiaeth*, feddyginiaeth*, moddion,
    ysbyty, meddyg teulu, fy meddyg, llawdriniaeth*, lawdriniaeth*, iechyd meddwl, salwch, bathodyn glas, lwfans gofalwr, dialysis, oncoleg, pwysedd gwaed,
    cartref gofal, gartref gofal
  `,
  religion: `
    cristn*, gristn*, christn*, catholig*, gatholig*, protestan*, brotestan*, anglican*, methodist*, bedyddi*, fedyddi*, mwslim*, fwslim*, islam*, iddew*,
    hindw*, sikh*, bwdhyd*, anffyddi*, agnosti*, tystion jehofa, mosg*, synagog*, fy eglwys, fy nghapel, fy nghrefydd, fy ffydd, crefydd*, grefydd*, ramadan, halal
  `,
  politics: `
    plaid cymru, blaid cymru, plaid lafur, blaid lafur, ceidwadwyr, geidwadwyr, democratiaid rhyddfrydol, plaid werdd, aelod o blaid, pleidleisiais, pleidleisio i,
    barn wleidyddol, plaid wleidyddol, comiwnydd*, sosialydd*
  `,
  union: `
    undeb llafur, undebau llafur, aelod o undeb, cynrychiolydd undeb, tal undeb, ar streic, undebwr*, undebwyr
  `,
  ethnicity: `
    ethnig*, hiliol*, hiliaeth, lliw croen, lliw fy nghroen, sipsi*, sipsiwn, teithwyr gwyddelig, ffoadur*, ffoaduriaid, ceisio lloches, ceiswyr lloches,
    fy nghenedligrwydd, gwlad enedigol
  `,
  'sex-life': `
    hoyw*, lesbi*, deurywiol*, ddeurywiol*, heterorywiol, trawsrywiol*, trawsryweddol*, anneuaidd, lhdt*, cyfeiriadedd rhywiol, rhywioldeb, bywyd rhywiol,
    cam drin rhywiol, ymosodiad rhywiol, atal cenhedlu, hunaniaeth rhywedd, treisio rhywiol
  `,
  genetic: `
    genetig*, enetig*, genom, prawf dna, brawf dna, sampl dna, cromosom*, etifeddol, syndrom down, ffibrosis systig, huntington
  `,
  biometric: `
    biometri*, olion bysedd, adnabod wynebau, sgan iris, ol llais
  `,
  children: `
    amddiffyn plant, diogelu plant, gofal maeth, plentyn maeth, rhieni maeth, mabwysiad*, fabwysiad*, fy mab yn, fy merch yn, fy mabi, budd dal plant,
    cynhaliaeth plant, gwarchodaeth plant, anghenion dysgu ychwanegol, cam drin plant, prydau ysgol am ddim, cylch meithrin
  `,
}
