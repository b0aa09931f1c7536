import { type Language, list } from './language.js'

const ONE_TO_NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9]
const TWO_TO_NINE = [2, 3, 4, 5, 6, 7, 8, 9]

/** French of France, Belgium, Switzerland and Canada. */
export const french: Language = {
  numbers: {
    atoms: {
      0: ['zero', 'nul', 'o'],
      1: ['un', 'une'],
      2: ['deux'],
      3: ['trois'],
      4: ['quatre'],
      5: ['cinq'],
      6: ['six'],
      7: ['sept'],
      8: ['huit'],
      9: ['neuf'],
      10: ['dix'],
      11: ['onze'],
      12: ['douze'],
      13: ['treize'],
      14: ['quatorze'],
      15: ['quinze'],
      16: ['seize'],
      17: ['dix sept'],
      18: ['dix huit'],
      19: ['dix neuf'],
      20: ['vingt', 'vingts'],
      30: ['trente'],
      40: ['quarante'],
      50: ['cinquante'],
      60: ['soixante'],
      70: ['septante'],
      80: ['quatre vingt', 'quatre vingts', 'huitante', 'octante'],
      90: ['nonante'],
    },
    sums: [
      { tens: [20, 30, 40, 50, 60, 70, 90], units: TWO_TO_NINE, joins: [''], first: 'tens' },
      { tens: [20, 30, 40, 50, 60, 70, 80, 90], units: [1], joins: ['et', ''], first: 'tens' },
      { tens: [60], units: [11], joins: ['et', ''], first: 'tens' },
      { tens: [60, 80], units: [10, 12, 13, 14, 15, 16, 17, 18, 19], joins: [''], first: 'tens' },
      { tens: [80], units: [...ONE_TO_NINE, 11], joins: [''], first: 'tens' },
    ],
    weak: ['un', 'une', 'o', 'nul'],
    homophones: { de: 2, cette: 7, cet: 7, set: 7, dit: 10, katre: 4, saint: 5, wit: 8 },
    hundred: ['cent', 'cents'],
    hundreds: {},
    thousand: ['mille', 'mil'],
    joins: ['et'],
    repeats: { double: 2, triple: 3, quadruple: 4 },
    times: ['fois'],
    articles: ['le', 'la', 'chiffre'],
    plurals: {},
    isGlued: false,
    fillers: list(`
      euh, heu, hum, hmm, et, puis, ensuite, apres, alors, donc, voila, oui, ok, okay, d,
      accord, tiret, espace, point, virgule, barre, slash, majuscule, lettre, chiffre,
      chiffres, bien, le, c, est, ben, bon, parfait, numero
    `),
    letters: {},
    corrections: list(`
      non, pardon, non pardon, pardon non, je me suis trompe, excusez moi, non excusez moi,
      attendez, non attendez, je voulais dire, plutot, non plutot, je reprends, desole,
      desolee, non desole, correction, je veux dire
    `),
  },
  contexts: {
    before: {
      'card-number': list(`
      numero de carte, numero de votre carte, numero de ma carte, carte bancaire,
      carte bleue, carte de credit, seize chiffres, 16 chiffres, visa, mastercard
    `),
      'security-code': list(`
      cryptogramme, code de securite, cvv, cvc, c v v, trois chiffres, trois derniers,
      3 chiffres, code confidentiel
    `),
      'expiry-date': [
        'expiration',
        'date de validite',
        'expire',
        'valable jusqu',
        'date d expiration',
        'fin de validite',
      ],
      'sort-code': ['code banque', 'code guichet', 'code bic'],
      'account-number': ['numero de compte', 'iban', 'rib', 'compte bancaire'],
      'national-id': list(`
      securite sociale, numero de secu, secu, carte vitale, insee, nir, carte d identite,
      passeport, registre national, numero national, avs, numero fiscal, permis de conduire
    `),
      phone: list(`
      telephone, portable, mobile, fixe, me joindre au, vous joindre au, rappeler au,
      rappelez au, appeler au, joignable au, tel, poste, fax, gsm, natel, composez le
    `),
      date: ['date de naissance', 'ne le', 'nee le'],
      amount: list('montant, total, prix, coute, solde, somme, facture de, mensualite, mensualites'),
      order: list(`
      commande, reference, dossier, reservation, numero client, numero de client, colis,
      suivi, ticket, contrat, facture, sinistre, code postal, vol, chambre, serie,
      immatriculation, plaque, bus, page, numero de rue
    `),
    },
    rightBefore: {
      date: list(`
        le, du, au, en, annee, depuis, janvier, fevrier, mars, avril, mai, juin, juillet, aout,
        septembre, octobre, novembre, decembre
      `),
      time: list('a, vers, jusqu a, jusqua, avant, apres, des'),
    },
    units: list(`
      euro, euros, centime, centimes, franc, francs, balles, dollar, dollars, pour, pourcent,
      heure, heures, h, minute, minutes, seconde, secondes, jour, jours, semaine, semaines,
      mois, an, ans, annee, annees, personne, personnes, fois, metre, metres, kilometre,
      kilometres, kilo, kilos, gramme, grammes, litre, litres, degres, million, millions,
      milliard, milliards, points, pieces, rue, avenue, boulevard, place, janvier, fevrier,
      mars, avril, mai, juin, juillet, aout, septembre, octobre, novembre, decembre, er, eme
    `),
    money: ['euro', 'euros', 'franc', 'francs', 'dollar', 'dollars'],
    idioms: ['112', '115', '119', '3919', '247'],
  },
  payment: {
    open: list(`
      (le) numero de (la|votre|ma) carte, (le) long numero, seize|16 chiffres (de|sur),
      numero a seize|16 chiffres, numero au recto, chiffres au recto, cryptogramme (visuel),
      trois|3 chiffres au dos, trois|3 derniers chiffres, code de securite, date d expiration,
      date de validite, votre carte bancaire, votre carte bleue, votre carte de credit,
      coordonnees bancaires, numero de compte, cvv, cvc
    `),
    close: list(`
      paiement est|a (ete) accepte|valide|passe|effectue|refuse|autorise, paiement a bien ete,
      paiement est bien passe, c est passe, ca a fonctionne, carte a ete refusee,
      carte est refusee, numero d autorisation est,
      transaction est|a (ete) acceptee|validee|refusee
    `),
  },
}
