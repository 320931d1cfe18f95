// Whether two names look the same to whoever reads them: nobody may be taken for somebody else by a name they chose.

/** What a name looks like: how its letters are made, and what nobody sees of it, is no difference. */
export function likeness(name: string): string {
  return name
    .trim()
    .replace(/^@/, '')
    .normalize('NFKD')
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '')
    .trim()
    .toLowerCase()
}
