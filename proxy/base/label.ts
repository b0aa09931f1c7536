/**
 * What may stand as a metric's label value or as a configured name: a letter first, 32 characters at most, never five
 * digits in a row. UUIDs (36), Twilio ids (34), card and telephone numbers do not fit: what identifies a call or a person
 * becomes no label, whoever hands it in.
 */
export const LABEL_PATTERN = /^(?!.*\d{5})[A-Za-z][\w.-]{0,31}$/
