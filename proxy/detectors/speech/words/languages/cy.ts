import { type Language, list } from './language.js'

const ONE_TO_NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9]

/**
 * Welsh, counted both ways: by tens ("pedwar deg dau"), as digits are mostly said, and the older way by twenties ("dau a deugain").
 * Words after another one change their first letter; the mutated forms are written out.
 */
export const welsh: Language = {
  numbers: {
    atoms: {
      0: ['dim', 'sero', 'nol', 'o', 'zero'],
      1: ['un'],
      2: ['dau', 'dwy', 'ddau', 'ddwy'],
      3: ['tri', 'tair', 'dri', 'dair', 'thri', 'thair'],
      4: ['pedwar', 'pedair', 'bedwar', 'bedair', 'phedwar', 'phedair'],
      5: ['pump', 'pum', 'bump', 'bum', 'phump', 'phum'],
      6: ['chwech', 'chwe'],
      7: ['saith'],
      8: ['wyth'],
      9: ['naw'],
      10: ['deg', 'ddeg', 'un deg', 'deng'],
      11: ['un ar ddeg'],
      12: ['deuddeg', 'ddeuddeg', 'deuddeng'],
      13: ['tri ar ddeg', 'tair ar ddeg'],
      14: ['pedwar ar ddeg', 'pedair ar ddeg'],
      15: ['pymtheg', 'bymtheg', 'pymtheng'],
      16: ['un ar bymtheg'],
      17: ['dau ar bymtheg', 'dwy ar bymtheg'],
      18: ['deunaw', 'ddeunaw'],
      19: ['pedwar ar bymtheg', 'pedair ar bymtheg'],
      20: ['dau ddeg', 'ugain', 'hugain'],
      30: ['tri deg', 'deg ar hugain'],
      40: ['pedwar deg', 'deugain', 'ddeugain'],
      50: ['pum deg', 'pump deg', 'hanner cant', 'deg a deugain'],
      60: ['chwe deg', 'chwech deg', 'trigain', 'drigain'],
      70: ['saith deg', 'deg a thrigain'],
      80: ['wyth deg', 'pedwar ugain'],
      90: ['naw deg', 'deg a phedwar ugain'],
    },
    sums: [
      { tens: [10, 20, 30, 40, 50, 60, 70, 80, 90], units: ONE_TO_NINE, joins: [''], first: 'tens' },
      {
        tens: [20],
        units: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19],
        joins: ['ar'],
        first: 'units',
      },
      {
        tens: [40],
        units: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19],
        joins: ['a'],
        first: 'units',
      },
    ],
    weak: list('un, o, dim, naw, chwe, pum, bum, nol'),
    homophones: { sut: 7, saeth: 7, wy: 8 },
    hundred: ['cant', 'gant', 'chant'],
    hundreds: {},
    thousand: ['mil', 'fil'],
    joins: ['a', 'ac'],
    repeats: { dwbl: 2, dwbwl: 2, dyblu: 2, triphlyg: 3, trebl: 3, double: 2, triple: 3 },
    times: ['gwaith', 'waith'],
    articles: ['y'],
    plurals: {},
    isGlued: false,
    fillers: list(`
      ym, y, er, em, hmm, a, ac, wedyn, yna, iawn, ie, ia, ok, okay, da, dash, cysylltnod,
      gofod, bwlch, llythyren, rhif, rhifau, digid, yw, ydy, reit, nesaf, diolch, so, um
    `),
    letters: {},
    corrections: list(`
      na, sori, na sori, mae ddrwg gen i, esgusodwch fi, dwi n meddwl, nage, cywiriad, aros,
      arhoswch, na arhoswch, sorry, no sorry, no
    `),
  },
  contexts: {
    before: {
      'card-number': list(`
      rhif y cerdyn, rhif cerdyn, rhif eich cerdyn, cerdyn credyd, cerdyn debyd, rhif hir,
      un deg chwech digid, visa, mastercard
    `),
      'security-code': ['cod diogelwch', 'rhif diogelwch', 'cvv', 'cvc', 'tri digid', 'tri rhif olaf'],
      'expiry-date': ['dyddiad dod i ben', 'dod i ben', 'yn dod i ben', 'dyddiad gorffen', 'dilys tan'],
      'sort-code': ['cod didoli'],
      'account-number': ['rhif cyfrif', 'rhif y cyfrif', 'rhif eich cyfrif', 'cyfrif banc', 'iban'],
      'national-id': ['yswiriant gwladol', 'rhif gig', 'rhif g i g', 'rhif nhs', 'pasbort', 'trwydded yrru'],
      phone: list('ffon, rhif ffon, symudol, ffonio ar, ffoniwch fi ar, cysylltu ar, estyniad'),
      date: ['dyddiad geni', 'ganwyd', 'geni ar'],
      amount: list('pris, cyfanswm, cost, costio, balans, swm, talu'),
      order: list(`
      archeb, rhif archeb, cyfeirnod, cyfeirif, rhif cwsmer, cod post, bws, tudalen, anfoneb,
      polisi, ystafell, treth gyngor, achos
    `),
    },
    rightBefore: {
      date: list(`
        ar, ers, blwyddyn, yn, o, ionawr, chwefror, mawrth, ebrill, mai, fehefin, mehefin,
        gorffennaf, orffennaf, awst, medi, fedi, hydref, tachwedd, dachwedd, rhagfyr, ragfyr
      `),
      time: list('am, erbyn, tua, tan, cyn, wedi'),
    },
    units: list(`
      punt, bunt, phunt, o bunnoedd, bunnoedd, ceiniog, geiniog, ewro, doler, y cant,
      o r gloch, gloch, munud, funud, awr, diwrnod, dydd, wythnos, mis, blynedd, flynedd,
      mlynedd, oed, o bobl, gwaith, milltir, metr, cilo, litr, gradd, miliwn, filiwn, ionawr,
      chwefror, mawrth, ebrill, mai, fehefin, mehefin, gorffennaf, orffennaf, awst, medi,
      fedi, hydref, tachwedd, dachwedd, rhagfyr, ragfyr
    `),
    money: ['punt', 'bunt', 'phunt', 'bunnoedd', 'ewro'],
    idioms: ['999', '111', '101', '112'],
  },
  payment: {
    open: list(`
      (y) rhif hir (ar), rhif y cerdyn, rhif cerdyn, rhif eich cerdyn, rhif ar (y) (blaen) cerdyn,
      un deg chwech digid, tri digid (ar) (y) cefn, tri rhif olaf, cod diogelwch,
      dyddiad dod i ben, manylion (y|eich) cerdyn, cod didoli, rhif cyfrif, rhif y cyfrif, cvv,
      cvc, card number, long number, security code, expiry date
    `),
    close: list(`
      taliad wedi mynd (drwodd|trwodd),
      taliad wedi (ei|cael) (i) dderbyn|dderbyniwyd|gymeradwyo|wrthod, mae r taliad wedi,
      taliad wedi gorffen, cerdyn wedi (ei|cael) wrthod, payment has gone through, gone through
    `),
  },
}
