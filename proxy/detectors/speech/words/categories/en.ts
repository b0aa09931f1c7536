import type { CategoryWords } from './category.js'

export const englishCategories: CategoryWords = {
  health: `
    cancer, chemo*, tumour*, tumor*, diabet*, insulin, asthma*, epilep*, dementia, alzheimer*, parkinson*, stroke patient,
    heart attack, heart condition, heart disease, angina, hiv, hepatitis, arthrit*, sclerosis, autis*, adhd, bipolar,
    schizophren*, psychosis, psychiatr*, depression, antidepress*, anxiety, suicid*, self harm*, overdose*, addict*,
    alcoholi*, rehab, methadone, miscarr*, pregnan*, abortion*, ivf, disab*, wheelchair, diagnos*, prescription*, medication*,
    surgery, operation on my, my gp, my doctor, my consultant, hospital, chronic illness|pain|condition, terminal* ill*,
    mental health, sick note, blue badge, mobility allowance, carers allowance, dialysis, oncolog*, panic attack*, eating disorder,
    anorexi*, bulimi*, ptsd, blood pressure, care home, personal independence payment
  `,
  religion: `
    christian*, catholic*, protestant*, anglican*, methodist*, baptist, muslim*, islam*, jewish, judaism, hindu*, sikh*, buddhis*,
    atheis*, agnostic*, jehovah*, mormon*, quaker*, pagan*, mosque*, synagogue*, gurdwara*, my church, my parish, my religion,
    my faith, religious belief*, ramadan, kosher, halal, baptis*, humanist*, rastafarian*
  `,
  politics: `
    labour party, conservative party, liberal democrat*, lib dem*, green party, reform uk, plaid cymru, sinn fein, snp, ukip,
    republican*, democrats, party member*, i voted for, i vote for, vote labour|tory|conservative|green|republican|democrat,
    political party, political opinion*, political belief*, communist*, socialist*, left wing, right wing, trump supporter, tory voter
  `,
  union: `
    trade union*, labor union*, labour union*, union member*, union rep*, union dues, union subs, shop steward*, unison member,
    unite the union, gmb member, rmt member, teamsters, picket line, on strike with, strike ballot, works council, collective bargaining
  `,
  ethnicity: `
    ethnic*, racial*, racis*, my race, skin colour, skin color, african american, afro caribbean, black british, british asian,
    british indian, mixed race, roma, romany, gypsy, gypsies, irish traveller*, aborigin*, indigenous, latino, latina, hispanic,
    asylum*, refugee*, my nationality, country of birth
  `,
  'sex-life': `
    gay, lesbian*, bisexual*, homosexual*, heterosexual*, transgender, trans woman|man, transsexual*, non binary, nonbinary, lgbt*, queer,
    sexual orientation, sexuality, my sex life, sexual partner*, sexual abuse, sexual assault*, sexually transmitted, same sex, came out as,
    gender reassignment, gender identity, contracepti*, viagra, raped
  `,
  genetic: `
    genetic*, genome*, dna test*, dna sample*, chromosom*, hereditary, inherited condition|disease, brca, down syndrome, downs syndrome,
    huntington*, cystic fibrosis, sickle cell, haemophili*, hemophili*, gene test*
  `,
  biometric: `
    biometric*, fingerprint*, face recognition, facial recognition, iris scan*, retina scan*, voice print*, voiceprint*, palm print*,
    face scan*
  `,
  children: `
    child protection, safeguarding, foster care*, foster child*, foster parent*, adopted child*, adoption, social worker for my,
    my son|daughter is, my little boy|girl, my baby, my toddler, child benefit, child maintenance, custody, special educational needs, send plan,
    school nurse, free school meals, nursery place, at risk register, child abuse
  `,
}
