import type { CategoryWords } from './category.js'

export const frenchCategories: CategoryWords = {
  health: `
    cancer*, chimio*, tumeur*, diabet*, insuline, asthm*, epilep*, demence, alzheimer, parkinson, infarctus, crise cardiaque, avc, vih, sida,
    seropositi*, hepatite*, arthrose, arthrite, sclerose, autis*, bipolaire*, schizophren*, psychiatr*, psychotherap*, depression*, depressi*,
    antidepress*, anxiet*, suicid*, overdose*, toxicoman*, alcooli*, sevrage, fausse couche, enceinte, grossesse*, avortement*, ivg, fiv,
    handicap*, fauteuil roulant, diagnosti*, ordonnance*, medicament*, hopital, hospitalis*, clinique, mon medecin, mon docteur, chirurg*,
    arret maladie, maladie chronique, maladie grave, affection longue duree, sante mentale, dialyse, oncolog*, burn out, anorexi*, boulimi*,
    trouble* alimentaire*, tension arterielle, maison de retraite, ehpad
  `,
  religion: `
    chretien*, catholique*, protestant*, orthodoxe*, musulman*, islam*, juif*, juive*, judaisme, hindou*, bouddhis*, athee*, agnosti*,
    temoin* de jehovah, mormon*, mosquee*, synagogue*, mon eglise, ma paroisse, ma religion, ma foi, croyance* religieuse*, ramadan, casher,
    halal, bapteme*, baptise*, franc macon*
  `,
  politics: `
    parti socialiste, parti communiste, les republicains, rassemblement national, front national, la france insoumise, les ecologistes,
    mouvement reformateur, j ai vote pour, je vote pour, opinion* politique*, parti politique, adherent du parti, militant*, extreme droite,
    extreme gauche, macroniste*, communiste*
  `,
  union: `
    syndicat*, syndique*, syndicalis*, delegue syndical, deleguee syndicale, cgt, cfdt, force ouvriere, fgtb, en greve, greviste*, piquet de greve,
    comite d entreprise, cotisation* syndicale*
  `,
  ethnicity: `
    ethni*, racial*, racis*, ma race, couleur de peau, origine* africaine*, origine* maghrebine*, origine* etrangere*, metis*, tzigane*, gitan*,
    gens du voyage, roms, refugie*, demandeur* d asile, droit d asile, ma nationalite, pays de naissance
  `,
  'sex-life': `
    gay, gays, lesbienne*, homosexuel*, bisexuel*, heterosexuel*, transgenre*, transsexuel*, non binaire*, lgbt*, orientation sexuelle, sexualite,
    vie sexuelle, partenaire* sexuel*, agression* sexuelle*, abus sexuel*, sexuellement transmissible*, meme sexe, changement de sexe, identite de genre,
    contracepti*, viagra, viol, violee*
  `,
  genetic: `
    genetique*, genome*, test* adn, prelevement adn, chromosom*, hereditaire*, trisomi*, mucoviscidose, drepanocytose, hemophil*, huntington
  `,
  biometric: `
    biometri*, empreinte* digitale*, reconnaissance faciale, reconnaissance vocale, scan de l iris, empreinte vocale
  `,
  children: `
    protection de l enfance, aide sociale a l enfance, famille d accueil, enfant place*, enfant adopte*, adoption, mon fils a, ma fille a, mon bebe,
    mon petit garcon, ma petite fille, garde des enfants, garde alternee, pension alimentaire, allocations familiales, assistante maternelle, creche,
    maltraitance*, juge des enfants
  `,
}
