import { type Language, list } from './language.js'

/** German of Germany, Austria and Switzerland. */
export const german: Language = {
  numbers: {
    atoms: {
      0: ['null', 'nuller'],
      1: ['eins', 'ein', 'eine', 'einer'],
      2: ['zwei', 'zwo', 'zweie'],
      3: ['drei', 'dreie'],
      4: ['vier', 'viere'],
      5: ['funf', 'fuenf', 'funfe'],
      6: ['sechs', 'sex'],
      7: ['sieben'],
      8: ['acht'],
      9: ['neun', 'neune'],
      10: ['zehn'],
      11: ['elf'],
      12: ['zwolf', 'zwoelf'],
      13: ['dreizehn'],
      14: ['vierzehn'],
      15: ['funfzehn', 'fuenfzehn'],
      16: ['sechzehn'],
      17: ['siebzehn'],
      18: ['achtzehn'],
      19: ['neunzehn'],
      20: ['zwanzig'],
      30: ['dreissig', 'dreizig'],
      40: ['vierzig'],
      50: ['funfzig', 'fuenfzig'],
      60: ['sechzig'],
      70: ['siebzig'],
      80: ['achtzig'],
      90: ['neunzig'],
    },
    sums: [
      {
        tens: [20, 30, 40, 50, 60, 70, 80, 90],
        units: [1, 2, 3, 4, 5, 6, 7, 8, 9],
        joins: ['und', 'n', 'a'],
        first: 'units',
      },
    ],
    weak: list('ein, eine, einer, eins, ans, sex, neune'),
    homophones: { fier: 4, achte: 8, zehen: 10, drai: 3, neu: 9 },
    hundred: ['hundert'],
    hundreds: {},
    thousand: ['tausend'],
    joins: ['und'],
    repeats: { doppel: 2, doppelt: 2, doppelte: 2, dreifach: 3, dreifache: 3 },
    times: ['mal'],
    articles: ['die', 'der', 'das', 'ne'],
    plurals: {
      nullen: 0,
      einsen: 1,
      einser: 1,
      zweien: 2,
      zweier: 2,
      dreien: 3,
      dreier: 3,
      vieren: 4,
      vierer: 4,
      funfen: 5,
      funfer: 5,
      sechsen: 6,
      sechser: 6,
      siebenen: 7,
      siebener: 7,
      achten: 8,
      achter: 8,
      neunen: 9,
      neuner: 9,
    },
    isGlued: true,
    fillers: list(`
      ah, ahm, aehm, eh, hm, mhm, und, dann, danach, also, ja, okay, ok, gut, genau,
      bindestrich, strich, leerzeichen, punkt, komma, schragstrich, slash, grossbuchstabe,
      buchstabe, ziffer, ziffern, bitte, moment, jetzt, noch, weiter, die, prima, super,
      nummer, wie
    `),
    letters: {
      anton: 'a',
      berta: 'b',
      casar: 'c',
      dora: 'd',
      emil: 'e',
      friedrich: 'f',
      gustav: 'g',
      heinrich: 'h',
      ida: 'i',
      julius: 'j',
      kaufmann: 'k',
      ludwig: 'l',
      martha: 'm',
      nordpol: 'n',
      otto: 'o',
      paula: 'p',
      quelle: 'q',
      richard: 'r',
      samuel: 's',
      theodor: 't',
      ulrich: 'u',
      viktor: 'v',
      wilhelm: 'w',
      xanthippe: 'x',
      ypsilon: 'y',
      zacharias: 'z',
    },
    corrections: list(`
      nein, entschuldigung, nein entschuldigung, entschuldigung nein, ich meine,
      nein ich meine, korrektur, quatsch, sorry, nee, nee sorry, verzeihung, falsch,
      nein falsch, ach nein, stopp, nein warten sie, moment nein, halt, nein nein, pardon
    `),
  },
  contexts: {
    before: {
      'card-number': list(`
      kartennummer, kreditkarte, kreditkartennummer, sechzehn ziffern, 16 ziffern,
      sechzehnstellige, nummer der karte, visa, mastercard, lange nummer
    `),
      'security-code': list(`
      prufziffer, pruefziffer, sicherheitscode, cvv, cvc, c v c, kartenprufnummer,
      prufnummer, dreistellige, drei ziffern, letzten drei, geheimzahl
    `),
      'expiry-date': list(`
      ablaufdatum, gultig bis, gueltig bis, verfallsdatum, lauft ab, gultigkeit,
      gultigkeitsdatum
    `),
      'sort-code': ['bankleitzahl', 'blz', 'bic'],
      'account-number': ['kontonummer', 'iban', 'konto', 'bankverbindung', 'bankkonto'],
      'national-id': list(`
      steuer id, steueridentifikationsnummer, steuernummer, identifikationsnummer,
      sozialversicherungsnummer, rentenversicherungsnummer, versichertennummer,
      krankenversichertennummer, personalausweis, ausweisnummer, reisepass, passnummer, ahv,
      ahv nummer, fuhrerschein
    `),
      phone: list(`
      telefonnummer, telefon, handynummer, handy, mobilnummer, mobil, festnetz, rufnummer,
      erreichbar unter, erreichen unter, anrufen unter, zuruckrufen unter, durchwahl,
      vorwahl, fax, hotline, natel
    `),
      date: list('geburtsdatum, geboren, geboren am, datum'),
      amount: list('betrag, summe, preis, kostet, saldo, gesamt, rechnung uber, rate, raten, zahlen'),
      order: list(`
      bestellnummer, bestellung, auftragsnummer, auftrag, referenz, referenznummer,
      kundennummer, vorgangsnummer, aktenzeichen, rechnungsnummer, vertragsnummer,
      policennummer, schadennummer, postleitzahl, plz, hausnummer, kennzeichen, flug, zimmer,
      buchung, buchungsnummer, paket, sendungsnummer, seriennummer, linie, seite,
      zahlerstand, ticket
    `),
    },
    rightBefore: {
      date: list(`
        am, seit, jahr, im jahr, vom, bis zum, von, januar, janner, februar, marz, april, mai,
        juni, juli, august, september, oktober, november, dezember
      `),
      time: list('um, gegen, bis, ab, halb, vor, nach, von'),
    },
    units: list(`
      euro, euros, cent, franken, rappen, dollar, prozent, uhr, minute, minuten, sekunde,
      sekunden, stunde, stunden, tag, tage, tagen, woche, wochen, monat, monate, monaten,
      jahr, jahre, jahren, leute, personen, menschen, mal, meter, kilometer, kilo, gramm,
      liter, grad, million, millionen, milliarde, milliarden, punkte, stuck, januar, janner,
      februar, marz, april, mai, juni, juli, august, september, oktober, november, dezember,
      quadratmeter, volt, watt, zoll
    `),
    money: ['euro', 'euros', 'franken', 'dollar'],
    idioms: ['112', '110', '116117', '247'],
  },
  payment: {
    open: list(`
      (die) lange nummer (auf|vorne), kartennummer, kreditkartennummer,
      nummer (auf|vorne) (auf) (der|ihrer) karte, sechzehn|16 ziffern,
      sechzehnstellige nummer|zahl, drei|3 ziffern (auf) (der) ruckseite, letzten drei|3 ziffern,
      dreistellige nummer|zahl|prufziffer, prufziffer, pruefziffer, kartenprufnummer, prufnummer,
      sicherheitscode, ablaufdatum, verfallsdatum, gultig bis, cvc (code), cvv (code),
      kreditkartendaten, kartendaten, kontonummer, bankleitzahl
    `),
    close: list(`
      
      zahlung ist (erfolgreich) durch|durchgegangen|erfolgt|akzeptiert|genehmigt|abgelehnt|abgeschlossen|erfolgreich,
      zahlung wurde (erfolgreich) durchgefuhrt|akzeptiert|genehmigt|abgelehnt|verbucht,
      zahlung war erfolgreich, hat geklappt mit der zahlung, karte wurde abgelehnt,
      autorisierungsnummer ist|lautet, buchung ist durch
    `),
  },
}
