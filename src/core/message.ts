// What the bot says, before any platform has a word in it.

/** Colours a platform may use; never the only carrier of meaning. */
export type Tone = 'critical' | 'warning' | 'info' | 'good' | 'neutral'

/** A button is a command someone typed for you: pressing it runs `command` as if that person had typed it. */
export type Button = {
  label: string
  /** Without the leading slash, e.g. `incident ack 12 --seen 3`. */
  command: string
  style?: 'primary' | 'danger'
}

export type Field = {
  label: string
  /** Markdown, one line. */
  value: string
}

/** A part of a message with its own buttons, such as one step of a runbook. */
export type Section = { text: string; buttons?: Button[] }

export type Picture = {
  name: string
  /** What the picture shows, for those who cannot see it. */
  alt: string
  /** The same in a line, where one can see it; absent: the alt. */
  caption?: string
  png: Uint8Array
}

export type Message = {
  /** Plain text, shown first and in notifications. */
  title: string
  tone: Tone
  /**
   * Markdown: paragraphs, lists, links, emphasis, fenced code. Text from outside is already escaped by the template.
   * Nothing in it can mention anybody: `mentions` is the only way to do that.
   */
  text?: string
  fields?: Field[]
  sections?: Section[]
  buttons?: Button[]
  picture?: Picture
  /** People (keys of `people`) to be notified by this message, or everybody in the channel. */
  mentions?: string[] | 'channel'
}
