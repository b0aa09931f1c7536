import { type Language, list } from './language.js'

/** Spanish of Spain and the Americas. */
export const spanish: Language = {
  numbers: {
    atoms: {
      0: ['cero'],
      1: ['uno', 'una', 'un'],
      2: ['dos'],
      3: ['tres'],
      4: ['cuatro'],
      5: ['cinco'],
      6: ['seis'],
      7: ['siete'],
      8: ['ocho'],
      9: ['nueve'],
      10: ['diez'],
      11: ['once'],
      12: ['doce'],
      13: ['trece'],
      14: ['catorce'],
      15: ['quince'],
      16: ['dieciseis'],
      17: ['diecisiete'],
      18: ['dieciocho'],
      19: ['diecinueve'],
      20: ['veinte'],
      21: ['veintiuno', 'veintiun', 'veintiuna'],
      22: ['veintidos'],
      23: ['veintitres'],
      24: ['veinticuatro'],
      25: ['veinticinco'],
      26: ['veintiseis'],
      27: ['veintisiete'],
      28: ['veintiocho'],
      29: ['veintinueve'],
      30: ['treinta'],
      40: ['cuarenta'],
      50: ['cincuenta'],
      60: ['sesenta'],
      70: ['setenta'],
      80: ['ochenta'],
      90: ['noventa'],
    },
    sums: [
      { tens: [10], units: [6, 7, 8, 9], joins: ['y'], first: 'tens' },
      {
        tens: [20, 30, 40, 50, 60, 70, 80, 90],
        units: [1, 2, 3, 4, 5, 6, 7, 8, 9],
        joins: ['y', 'i', ''],
        first: 'tens',
      },
    ],
    weak: ['uno', 'una', 'un'],
    homophones: { sies: 6, ceros: 0, sinco: 5, tras: 3 },
    hundred: ['cien', 'ciento'],
    hundreds: {
      doscientos: 200,
      doscientas: 200,
      trescientos: 300,
      trescientas: 300,
      cuatrocientos: 400,
      cuatrocientas: 400,
      quinientos: 500,
      quinientas: 500,
      seiscientos: 600,
      seiscientas: 600,
      setecientos: 700,
      setecientas: 700,
      ochocientos: 800,
      ochocientas: 800,
      novecientos: 900,
      novecientas: 900,
    },
    thousand: ['mil'],
    joins: ['y'],
    repeats: { doble: 2, triple: 3, cuadruple: 4 },
    times: ['veces'],
    articles: ['el', 'numero'],
    plurals: {
      ceros: 0,
      unos: 1,
      doses: 2,
      treses: 3,
      cuatros: 4,
      cincos: 5,
      seises: 6,
      sietes: 7,
      ochos: 8,
      nueves: 9,
    },
    isGlued: true,
    fillers: list(`
      eh, este, esto, em, mmm, y, luego, despues, entonces, pues, si, vale, ok, okay, bueno,
      bien, guion, espacio, punto, coma, barra, mayuscula, letra, cifra, digito, digitos,
      numero, es, el, a, ver, claro, perfecto, de
    `),
    letters: {
      equis: 'x',
      zeta: 'z',
      ese: 's',
      jota: 'j',
      hache: 'h',
      efe: 'f',
      ele: 'l',
      eme: 'm',
      ene: 'n',
      erre: 'r',
      uve: 'v',
      cu: 'q',
      ka: 'k',
      be: 'b',
      ce: 'c',
      ge: 'g',
      pe: 'p',
      te: 't',
    },
    corrections: list(`
      no, perdon, no perdon, perdon no, perdone, no perdone, disculpe, digo, no digo,
      quiero decir, me equivoque, me he equivocado, correccion, espere, no espere, no no,
      mejor dicho, lo siento, disculpa, perdona
    `),
  },
  contexts: {
    before: {
      'card-number': list(`
      numero de tarjeta, numero de la tarjeta, numero de su tarjeta, tarjeta de credito,
      tarjeta de debito, dieciseis digitos, 16 digitos, visa, mastercard, numero largo
    `),
      'security-code': list(`
      codigo de seguridad, cvv, cvc, c v v, codigo de verificacion, tres digitos,
      ultimos tres, tres ultimos, 3 digitos, tres numeros
    `),
      'expiry-date': list(`
      caducidad, fecha de vencimiento, vencimiento, caduca, vence, expira, valida hasta,
      valido hasta, fecha de expiracion
    `),
      'sort-code': ['codigo de entidad', 'clabe', 'codigo de banco', 'sucursal'],
      'account-number': ['numero de cuenta', 'cuenta bancaria', 'iban', 'cuenta corriente', 'mi cuenta es'],
      'national-id': list(`
      dni, d n i, nie, n i e, nif, documento nacional, documento de identidad,
      numero de identidad, cedula, pasaporte, seguridad social, curp, rut,
      carnet de conducir, carnet de identidad
    `),
      phone: list(`
      telefono, movil, celular, fijo, llamarme al, llameme al, llamar al, llamame al,
      contacto, extension, fax, localizarme en, marque el, whatsapp
    `),
      date: list('fecha de nacimiento, naci el, nacido el, nacida el, fecha'),
      amount: list('importe, total, precio, cuesta, saldo, pagar, cuota, cuotas, factura de, son'),
      order: list(`
      pedido, referencia, reserva, expediente, numero de cliente, factura, poliza, siniestro,
      codigo postal, vuelo, habitacion, matricula, seguimiento, paquete, contrato, ticket,
      incidencia, serie, linea, pagina, localizador, orden
    `),
    },
    rightBefore: {
      date: list(`
        el, el dia, desde, ano, en, en el, del, de, enero, febrero, marzo, abril, mayo, junio,
        julio, agosto, septiembre, setiembre, octubre, noviembre, diciembre
      `),
      time: list('a las, a la, las, la'),
    },
    units: list(`
      euro, euros, centimo, centimos, peso, pesos, dolar, dolares, por, porciento, hora,
      horas, minuto, minutos, segundo, segundos, dia, dias, semana, semanas, mes, meses, ano,
      anos, personas, veces, metro, metros, kilometro, kilometros, kilo, kilos, gramos,
      litro, litros, grados, millon, millones, puntos, enero, febrero, marzo, abril, mayo,
      junio, julio, agosto, septiembre, setiembre, octubre, noviembre, diciembre, calle,
      avenida
    `),
    money: ['euro', 'euros', 'peso', 'pesos', 'dolar', 'dolares'],
    idioms: ['112', '091', '061', '016', '247', '911'],
  },
  payment: {
    open: list(`
      (el) numero largo (de), numero de (la|su|tu|mi) tarjeta, numero de la tarjeta,
      dieciseis|16 digitos|numeros|cifras, tres|3 digitos|numeros|cifras (de) (atras|detras),
      tres|3 ultimos digitos|numeros, ultimos tres|3 digitos|numeros, codigo de seguridad,
      codigo de verificacion, fecha de caducidad, fecha de vencimiento, fecha de expiracion,
      datos de (la|su) tarjeta, tarjeta de credito|debito, numero de cuenta, cvv, cvc
    `),
    close: list(`
      pago (se) ha (sido) aceptado|realizado|completado|autorizado|rechazado|procesado,
      pago (ya) esta hecho|realizado|aceptado, pago ha ido bien,
      pago fue|es aceptado|aprobado|exitoso|rechazado, tarjeta ha sido rechazada,
      tarjeta fue rechazada, codigo de autorizacion es, se ha realizado el pago, ya quedo el pago
    `),
  },
}
