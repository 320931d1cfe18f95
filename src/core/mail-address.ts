// What can be said of a mail address without asking anybody.

/**
 * Whether it has letters besides ASCII before the @, which take a mail server that offers SMTPUTF8 (RFC 6531); those of a domain can be
 * written in ASCII. `address`: as it stands in a mail, a name before it or not.
 */
export function wantsUtf8(address: string): boolean {
  const [, inBrackets] = /<([^<>]*)>$/.exec(address) ?? []
  return /[^\p{ASCII}].*@/su.test(inBrackets ?? address)
}
