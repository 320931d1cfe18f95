// Takes secrets out of text that came from somebody's logs, before it is kept, shown or quoted anywhere. Better a harmless
// word too many is masked than one password shown to a room.

/** Stands where a secret stood. */
const masked = '[masked]'

/** Names under which secrets are written, as a part of a longer name too: `db_password`, `X-Api-Key`, `clientSecret`. */
const names =
  'pass(?:word|wd|phrase|code)?|pwd|secret|token(?!s\\b|iz)|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|encryption[_-]?key|signing[_-]?key|credentials?|auth(?:orization|entication)?|cookies?|session(?:[_-]?id)?|sessid|connect\\.sid|signature|sig|jwt|bearer|otp|cvv|ssn'

/** What stands between a name and its value: `=`, `: `, `":"`, `\": \"`, ` => `. */
const between = `(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*`
const name = `(?:^|[^a-z0-9])[a-z0-9_.-]{0,40}(?:${names})[a-z0-9_-]{0,20}${between}`
/**
 * Quoted, with as many backslashes as the text was quoted into other texts, or bare up to where such a value ends. A quotation
 * that was cut off ends with the text.
 */
const quoted = `(?<slashes>\\\\*)(?<quote>["'])(?:(?!(?<!\\\\)\\k<slashes>\\k<quote>)[\\s\\S])*(?:\\k<slashes>\\k<quote>|$)`
/** Several: the whole list, as Go and Java write the values of one header. */
const listed = `\\[\\s*(?=\\\\*["'])[^\\]\\r\\n]{0,4000}(?:\\]|$)`
const bare = `(?!\\s|\\[masked\\])[^"'{\\[\\\\](?:(?![,;&|][\\w.-]{1,60}[=:])[^\\s"'\\\\])*`
const named = new RegExp(`(${name})(?:[bru]?${quoted}|${listed}|${bare})`, 'gi')

/** The whole header or cookie is secret, not only its first word. */
const headers =
  /((?:^|[^a-z0-9])(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{0,30}(?:token|key|secret|signature))(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?)(?!\s|\[masked\]|\[\s*\\*["']|[bru]["'])[^"'\r\n\\]{1,4000}/gi

/** Its parts are quoted one by one. */
const digest = /\b(digest\s+)(?=username=)[^\r\n]{1,4000}/gi

const schemes = /\b(bearer|basic|digest|token|apikey)\s+(?!\[masked\])(?=[\w.~+/=-]*[\d._~+/=-])[\w.~+/=-]{6,}/gi

/** “password is hunter2”, “token 'abc'”, “secret "x"”. */
const spoken =
  /\b((?:password|passwd|passphrase|secret|token|api key)\s+(?:is|was|of|for \S+ is)\s+["']?|(?:password|passwd|passphrase|secret|token)\s+["'])(?!\[masked\])[^\s"']{2,}/gi

/** The same in quotation marks, with more than one word between them. */
const quotedSpoken =
  /\b((?:password|passwd|passphrase|secret|token|api key)\s+(?:(?:is|was)\s+)?(["']))(?!\[masked\])[^"'\r\n]{2,200}(?=\2|$)/gi

/** On a command line: `--password x`, `-u name:x`, `mysql -px`. */
const flags: RegExp[] = [
  /((?:^|\s)--?[a-z-]{0,40}(?:password|passwd|passphrase|token|secret|api-?key|access-?key)\s+)(?![\s-]|\[masked\])\S+/gi,
  /((?:^|\s)(?:-u|--user|--proxy-user)[\s=]*["']?(?!\d)[^\s:"'@/]{1,80}:)(?!\[masked\]|\/\/)[^\s"']+/g,
  /(\b(?:mysql|mariadb)[a-z-]{0,12}\b[^\r\n]{0,200}?\s-p)(?!\[masked\])[^\s"']+/g,
  /(\b(?:sshpass\s+-p|redis-cli\b[^\r\n]{0,200}?\s-a)\s*)(?!\[masked\])[^\s"']+/g,
]

const element = new RegExp(
  `(<[\\w.:-]{0,40}(?:${names})[\\w-]{0,20}(?:\\s[^<>]{0,200})?>)(?!\\[masked\\])[^<]{1,4000}(?=</|$)`,
  'gi',
)

const keyBlock =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]{0,20000}?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g

/** In an address: `scheme://user:password@host`, `scheme://token@host`. The last @ counts: passwords hold some. */
const inAddress = /([a-z][a-z0-9+.-]{0,30}:\/\/)(?!\[masked\]@)[^\s/?#"'<>]{1,500}@/gi

/** The same, cut off before the @: behind the colon is more than a port. */
const inCutAddress = /(:\/\/[^\s/?#"'<>@:]{0,200}:)(?!\d{0,5}$|\[masked\])[^\s"'<>@/]+$/g

/** What secrets look like by themselves, whatever stands before them. */
const shapes: RegExp[] = [
  // JSON Web Tokens, and the beginnings of cut ones.
  /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g,
  // Amazon's key ids.
  /\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{12,}\b/g,
  // GitHub, GitLab, Slack, Stripe, npm, PyPI, OpenAI and others with prefixes of their own.
  /\b(?:gh[pousr]_|github_pat_|glpat-|gldt-|xox[abeoprs]-|xapp-|[srp]k_(?:live|test)_|whsec_|npm_|dckr_[po]at_|pypi-|sk-|hf_|dop_v1_|hv[sbr]\.|dapi|shpat_|SG\.|AIza|ya29\.|glsa_|glc_|lin_api_|EAAC)[\w.-]{10,}/g,
  // Webhooks are passwords in the form of an address.
  /\bhttps?:\/\/(?:hooks\.slack\.com\/(?:services|workflows)|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks)\/[\w/-]+/gi,
  // Telegram's bots.
  /(?<!\d)\d{8,12}:[A-Za-z0-9_-]{32,}/g,
  // The same where it can be nothing else, also cut off.
  /(?<=\/bot)\d{8,12}:[A-Za-z0-9_-]{12,}/g,
]

/** Long words of mixed letters and several digits are keys; ids of traces and digests have no capital letters. */
const random = /(?<![\w+=.-])(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])(?=(?:[a-z_+=A-Z-]*\d){3})[\w+=-]{32,}/g

const mail = /[a-z0-9][\w.+-]{0,80}@(?=[a-z0-9-]{1,60}\.)[a-z0-9.-]{1,100}[a-z]/gi

const card = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w.-])/g

/** The text without what nobody in a chat room should read. Masked text stays as it is. */
export function maskSecrets(text: string): string {
  let clean = text.replace(keyBlock, masked).replace(inAddress, `$1${masked}@`).replace(inCutAddress, `$1${masked}`)
  clean = clean.replace(digest, `$1${masked}`).replace(headers, `$1${masked}`).replace(element, `$1${masked}`)
  clean = clean.replace(named, (_whole, start: string, slashes?: string, quote?: string) => {
    const around = quote === undefined ? '' : `${slashes ?? ''}${quote}`
    return `${start}${around}${masked}${around}`
  })
  for (const flag of flags) clean = clean.replace(flag, `$1${masked}`)
  clean = clean.replace(schemes, `$1 ${masked}`).replace(quotedSpoken, `$1${masked}`).replace(spoken, `$1${masked}`)
  for (const shape of shapes) clean = clean.replace(shape, masked)
  clean = clean.replace(random, masked)
  clean = clean.replace(card, (digits) => (isCard(digits) ? masked : digits))
  return clean.replace(mail, '[e-mail]')
}

/** By the check digit (Luhn): an order number of the same length is left alone nine times out of ten. */
function isCard(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].map(Number).reverse()
  const sum = digits.reduce((total, digit, at) => {
    const weighed = at % 2 === 1 ? digit * 2 : digit
    return total + (weighed > 9 ? weighed - 9 : weighed)
  }, 0)
  // Nanoseconds since 1970 have nineteen digits and begin with 1.
  return sum % 10 === 0 && !(digits.length >= 19 && text.startsWith('1'))
}
