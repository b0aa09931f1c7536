import type { CategoryWords } from './category.js'

export const spanishCategories: CategoryWords = {
  health: `
    cancer*, quimio*, tumor*, diabet*, insulina, asma, asmatic*, epilep*, demencia, alzheimer, parkinson, infarto*, ictus, vih, sida, seropositiv*,
    hepatitis, artritis, artrosis, esclerosis, autis*, tdah, bipolar*, esquizofren*, psicosis, psiquiatr*, psicolog*, depresion*, depresiv*, antidepres*,
    ansiedad, suicid*, sobredosis, drogadic*, adict* a, alcoholi*, desintoxicacion, aborto*, embaraz*, fecundacion in vitro, discapac*, minusval*,
    silla de ruedas, diagnostic*, receta medica, medicament*, medicacion, hospital*, mi medico, mi doctor, mi doctora, cirugia, me operaron, operacion de,
    baja medica, baja por enfermedad, enfermedad cronica, enfermedad grave, salud mental, dialisis, oncolog*, anorexi*, bulimi*, tension arterial,
    residencia de ancianos, dependencia
  `,
  religion: `
    cristian*, catolic*, protestante*, evangelic*, ortodox*, musulman*, islam*, judio*, judia*, judaismo, hindu*, budis*, ateo*, atea*, agnostic*,
    testigo* de jehova, mormon*, mezquita*, sinagoga*, mi iglesia, mi parroquia, mi religion, mi fe, creencia* religiosa*, ramadan, kosher, halal,
    bautizo*, bautizad*
  `,
  politics: `
    psoe, partido popular, podemos afiliado, izquierda unida, partido socialista, partido comunista, morena, ciudadanos afiliado, vote a, he votado a,
    voto a, afiliado al partido, militante*, ideologia politica, opinion* politica*, partido politico, extrema derecha, extrema izquierda, comunista*
  `,
  union: `
    sindicato*, sindical*, afiliado a comisiones, comisiones obreras, ugt, cgt, delegado sindical, delegada sindical, comite de empresa, en huelga,
    huelguista*, cuota sindical
  `,
  ethnicity: `
    etnia*, etnico*, etnica*, racial*, racis*, mi raza, color de piel, gitano*, gitana*, afrodescendiente*, indigena*, mestizo*, mestiza*, origen etnico,
    refugiad*, asilo politico, solicitante* de asilo, mi nacionalidad, pais de nacimiento
  `,
  'sex-life': `
    gay, gays, lesbiana*, homosexual*, bisexual*, heterosexual*, transgenero, transexual*, persona trans, mujer trans, hombre trans, no binari*, lgtb*, lgbt*,
    orientacion sexual, sexualidad, vida sexual, pareja* sexual*, abuso* sexual*, agresion* sexual*, transmision sexual, mismo sexo, cambio de sexo,
    identidad de genero, anticoncepti*, viagra, violacion, me violo, violada
  `,
  genetic: `
    genetic*, genoma, prueba* de adn, muestra* de adn, cromosom*, hereditari*, sindrome de down, fibrosis quistica, hemofil*, huntington
  `,
  biometric: `
    biometri*, huella* dactilar*, huella* digital*, reconocimiento facial, reconocimiento de voz, escaner de iris, huella de voz
  `,
  children: `
    proteccion de menores, servicios sociales por mi, familia de acogida, acogimiento, hijo adoptado, hija adoptada, adopcion, mi hijo tiene, mi hija tiene,
    mi bebe, mi nino, mi nina, custodia, patria potestad, pension alimenticia, ayuda por hijo, guarderia, maltrato infantil, abuso infantil,
    educacion especial
  `,
}
