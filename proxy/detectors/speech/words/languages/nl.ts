import { type Language, list } from './language.js'

/** Dutch of the Netherlands and Flanders. */
export const dutch: Language = {
  numbers: {
    atoms: {
      0: ['nul'],
      1: ['een', 'eens'],
      2: ['twee'],
      3: ['drie'],
      4: ['vier'],
      5: ['vijf'],
      6: ['zes'],
      7: ['zeven'],
      8: ['acht'],
      9: ['negen'],
      10: ['tien'],
      11: ['elf'],
      12: ['twaalf'],
      13: ['dertien'],
      14: ['veertien'],
      15: ['vijftien'],
      16: ['zestien'],
      17: ['zeventien'],
      18: ['achttien'],
      19: ['negentien'],
      20: ['twintig'],
      30: ['dertig'],
      40: ['veertig'],
      50: ['vijftig'],
      60: ['zestig'],
      70: ['zeventig'],
      80: ['tachtig'],
      90: ['negentig'],
    },
    sums: [
      {
        tens: [20, 30, 40, 50, 60, 70, 80, 90],
        units: [1, 2, 3, 4, 5, 6, 7, 8, 9],
        joins: ['en', 'n'],
        first: 'units',
      },
    ],
    weak: ['een', 'eens'],
    homophones: { vieren: 4, zeg: 6, agt: 8, aan: 1 },
    hundred: ['honderd'],
    hundreds: {},
    thousand: ['duizend'],
    joins: ['en'],
    repeats: { dubbel: 2, dubbele: 2, tweemaal: 2, driemaal: 3, driedubbel: 3, driedubbele: 3, triple: 3 },
    times: ['keer', 'maal', 'x'],
    articles: ['de', 'het'],
    plurals: {
      nullen: 0,
      enen: 1,
      tweeen: 2,
      drieen: 3,
      vieren: 4,
      vijven: 5,
      zessen: 6,
      zevens: 7,
      achten: 8,
      negens: 9,
    },
    isGlued: true,
    fillers: list(`
      eh, uh, uhm, ehm, euh, hm, en, dan, daarna, dus, ja, oke, okay, ok, goed, streepje,
      spatie, punt, komma, schuine, streep, hoofdletter, letter, cijfer, cijfers, even,
      klopt, prima, is, het, nummer, nog
    `),
    letters: { ypsilon: 'y', ij: 'y' },
    corrections: list(`
      nee, sorry, nee sorry, sorry nee, nee wacht, wacht, ik bedoel, nee ik bedoel, pardon,
      correctie, foutje, ho, nee nee
    `),
  },
  contexts: {
    before: {
      'card-number': list(`
      kaartnummer, creditcard, creditcardnummer, pasnummer, zestien cijfers, 16 cijfers,
      visa, mastercard, nummer van de kaart, bankpas
    `),
      'security-code': list(`
      beveiligingscode, veiligheidscode, cvv, cvc, c v c, controlecode, drie cijfers,
      3 cijfers, laatste drie, pincode
    `),
      'expiry-date': ['vervaldatum', 'geldig tot', 'verloopdatum', 'verloopt', 'geldigheidsdatum', 'vervalt'],
      'sort-code': ['bankcode', 'bic'],
      'account-number': ['rekeningnummer', 'bankrekening', 'iban', 'rekening'],
      'national-id': list(`
      bsn, b s n, burgerservicenummer, sofinummer, rijksregisternummer, rijksregister,
      paspoort, paspoortnummer, identiteitskaart, rijbewijs, insz
    `),
      phone: list(`
      telefoonnummer, telefoon, mobiel, mobiele nummer, gsm, bereikbaar op, bellen op,
      terugbellen op, bereiken op, nummer nul zes, vaste nummer, 06 nummer, toestel, fax
    `),
      date: list('geboortedatum, geboren, geboren op, datum'),
      amount: list('bedrag, totaal, prijs, kost, saldo, betalen, factuur van, termijn, termijnen'),
      order: list(`
      ordernummer, bestelnummer, bestelling, order, referentie, referentienummer,
      klantnummer, dossier, dossiernummer, zaaknummer, polisnummer, factuurnummer, kenmerk,
      postcode, huisnummer, kenteken, vlucht, kamer, boeking, reservering, pakket, lijn,
      bladzijde, meterstand
    `),
    },
    rightBefore: {
      date: list(`
        op, sinds, jaar, in, van, tot, januari, februari, maart, april, mei, juni, juli,
        augustus, september, oktober, november, december
      `),
      time: list('om, rond, tot, vanaf, tegen, voor, na'),
    },
    units: list(`
      euro, euros, cent, procent, uur, minuut, minuten, seconde, seconden, dag, dagen, week,
      weken, maand, maanden, jaar, jaren, mensen, personen, keer, meter, kilometer, kilo,
      gram, liter, graden, miljoen, miljard, punten, stuks, januari, februari, maart, april,
      mei, juni, juli, augustus, september, oktober, november, december, ste, dollar
    `),
    money: ['euro', 'euros', 'dollar'],
    idioms: ['112', '113', '247'],
  },
  payment: {
    open: list(`
      (het) lange nummer (op), kaartnummer, pasnummer, creditcardnummer,
      nummer (op|van) (de|uw) (voorkant) kaart, zestien|16 cijfers,
      drie|3 cijfers (op) (de) achterkant, laatste drie|3 cijfers, beveiligingscode,
      veiligheidscode, controlecode, vervaldatum, geldig tot, cvc (code), cvv (code),
      creditcardgegevens, kaartgegevens, rekeningnummer
    `),
    close: list(`
      betaling is gelukt|geslaagd|geaccepteerd|verwerkt|goedgekeurd|geweigerd|gedaan|voltooid,
      betaling is (er) doorgekomen, betaling is (helemaal) rond, kaart is|wordt geweigerd,
      de betaling is binnen, autorisatiecode is
    `),
  },
}
