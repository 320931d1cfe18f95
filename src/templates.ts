// Words live in templates/, as Liquid in Markdown; a team's own folder is looked at first. This is the only renderer.

export type Rendered = {
  /** The first line, `# …`, without the mark. Plain text. */
  title: string
  /** Lines `Label :: value`, in order. Markdown values. */
  fields: { label: string; value: string }[]
  /** Everything else. Markdown. */
  text: string
}

export interface Templates {
  /** `name` is a path below templates/ without its ending, e.g. `messages/card`. Everything put into it is escaped. */
  message(name: string, data: object): Rendered
  /** The whole rendered text, for documents such as post-mortems. */
  document(name: string, data: object): string
}
