import { type Language, list } from './language.js'

const ONE_TO_NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9]

/** English of Britain, Ireland and North America. */
export const english: Language = {
  numbers: {
    atoms: {
      0: list('zero, oh, o, nought, naught, ought, nil, zilch, null'),
      1: ['one', 'wun'],
      2: ['two'],
      3: ['three'],
      4: ['four'],
      5: ['five', 'fife'],
      6: ['six'],
      7: ['seven'],
      8: ['eight'],
      9: ['nine', 'niner'],
      10: ['ten'],
      11: ['eleven'],
      12: ['twelve'],
      13: ['thirteen'],
      14: ['fourteen'],
      15: ['fifteen'],
      16: ['sixteen'],
      17: ['seventeen'],
      18: ['eighteen'],
      19: ['nineteen'],
      20: ['twenty'],
      30: ['thirty'],
      40: ['forty', 'fourty'],
      50: ['fifty'],
      60: ['sixty'],
      70: ['seventy'],
      80: ['eighty'],
      90: ['ninety'],
    },
    sums: [{ tens: [20, 30, 40, 50, 60, 70, 80, 90], units: ONE_TO_NINE, joins: [''], first: 'tens' }],
    weak: list('oh, o, one, ought, nil, null, zilch, wun'),
    homophones: {
      to: 2,
      too: 2,
      for: 4,
      fore: 4,
      won: 1,
      ate: 8,
      tree: 3,
      free: 3,
      sex: 6,
      sicks: 6,
      nein: 9,
    },
    hundred: ['hundred'],
    hundreds: {},
    thousand: ['thousand'],
    joins: ['and'],
    repeats: { double: 2, treble: 3, triple: 3, quadruple: 4 },
    times: ['times'],
    articles: ['the', 'number'],
    plurals: {
      zeros: 0,
      zeroes: 0,
      ohs: 0,
      noughts: 0,
      ones: 1,
      twos: 2,
      threes: 3,
      fours: 4,
      fives: 5,
      sixes: 6,
      sevens: 7,
      eights: 8,
      nines: 9,
    },
    isGlued: false,
    fillers: list(`
      um, uh, er, erm, ah, eh, hmm, mm, mhm, and, then, so, okay, ok, yes, yeah, yep, right,
      dash, hyphen, space, slash, stroke, dot, point, comma, please, capital, letter, digit,
      digits, number, numbers, its, is, again, followed, by, next, thats, lovely, great
    `),
    letters: {},
    corrections: list(`
      no, sorry, no sorry, sorry no, no wait, wait, i mean, no i mean, scratch that,
      correction, my mistake, beg your pardon, oops, no no, not that, make that,
      sorry i mean
    `),
  },
  contexts: {
    before: {
      'card-number': list(`
      card number, credit card, debit card, long number, sixteen digit, sixteen digits, 16 digit, 16 digits, visa,
      mastercard, amex
    `),
      'security-code': list(`
      security code, security number, cvv, cvc, c v v, c v c, verification code,
      three digits, last three, 3 digits, last 3
    `),
      'expiry-date': list(`
      expiry, expires, expiration, valid until, valid to, valid from, end date, good through,
      exp date
    `),
      'sort-code': ['sort code', 'routing number', 'routing', 'aba number'],
      'account-number': ['account number', 'bank account', 'iban', 'account ending', 'account is'],
      'national-id': list(`
      national insurance, ni number, n i number, nino, nhs number, n h s number,
      social security, ssn, s s n, social insurance, passport, driving licence,
      drivers license, social is, taxpayer, pps number
    `),
      phone: list(`
      phone, telephone, mobile, cell, landline, call me on, call me at, call you on,
      call you back on, ring me on, ring you on, reach me on, reach me at, extension, fax,
      callback number, text me on, helpline, contact number, freephone, dial
    `),
      date: list('date of birth, born on, born in, birthday, dob, d o b, date is'),
      amount: list(`
      price, costs, total, balance of, amount, pay, owe, owing, charge of, comes to,
      instalment, instalments, refund of
    `),
      order: list(`
      order, reference, ref, booking, ticket, case, tracking, parcel, invoice,
      customer number, policy number, claim, confirmation, serial, model, version, room,
      flight, house number, number plate, registration, postcode, zip, zip code,
      meter reading, council tax reference, error, route, bus, page, account reference
    `),
    },
    rightBefore: {
      date: list(`
        on, on the, dated, in, since, the year, from, ending, january, february, march, april,
        may, june, july, august, september, october, november, december
      `),
      time: list('at, by, around, about, until, till, past, half past, before, after, from'),
    },
    units: list(`
      pounds, pound, quid, pence, p, penny, euro, euros, dollar, dollars, bucks, cent, cents,
      grand, million, billion, percent, per, oclock, am, pm, minute, minutes, mins, hour,
      hours, second, seconds, day, days, week, weeks, month, months, year, years, yearold,
      people, times, miles, mile, metres, meters, kilometres, kilos, kg, grams, litres,
      degrees, feet, foot, inches, inch, stone, items, copies, points, units, january,
      february, march, april, may, june, july, august, september, october, november,
      december, st, nd, rd, th, bedroom, bedrooms, street, road, avenue, lane, drive, close,
      percentage, hundredths
    `),
    money: list('pounds, pound, quid, euro, euros, dollar, dollars, bucks'),
    idioms: ['999', '911', '112', '101', '111', '247', '360'],
  },
  payment: {
    open: list(`
      (the) long number across|on (the) front, long card number,
      long number on|across (the|your) card, card number, number on|across (the) front of,
      numbers on|across (the) front of, sixteen|16 digit number, sixteen|16 digits,
      credit|debit card details, your card details, security code, security number on (the) back,
      three|3 digits on (the) back, last three|3 digits, expiry date, expiration date,
      cvv (number), cvc (number), sort code, account number and sort code,
      read|give|tell me (the|your) card, whenever youre ready with the|your card,
      start date and expiry
    `),
    close: list(`
      payment has|is gone through, payment went through, thats gone through, its gone through,
      gone through successfully, gone through for you,
      payment (has) been accepted|authorised|authorized|approved|taken|declined|processed,
      payment was|is successful|accepted|approved|declined, card (has) been declined,
      card was declined, (ive) taken (the|that|your) payment, authorisation|authorization code is,
      (your) payment is complete, thats (the) payment (all) done|taken|complete|sorted
    `),
  },
  spotted: {
    open: list(`
      card number, long number, security code, sort code, expiry date, account number, last digits, digits back
    `),
    close: list('gone through, payment authorised'),
  },
}
