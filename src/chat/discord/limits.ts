// What Discord accepts, in one place: render.ts, rooms.ts and registration.ts cut or refuse by these numbers.

/** https://discord.com/developers/docs/resources/message#create-message */
export const message = {
  /** Characters of `content`. */
  content: 2000,
  /** Characters of `nonce`. */
  nonce: 25,
  /** People one message may be allowed to mention: .../resources/message#allowed-mentions-object */
  mentionedUsers: 100,
  /** Characters of an attachment's `description`: .../resources/message#attachment-object */
  attachmentDescription: 1024,
} as const

/** Characters; https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
export const embed = {
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  /** Over all embeds of a message. */
  total: 6000,
} as const

/** https://discord.com/developers/docs/components/reference#button and #action-row */
export const components = {
  rows: 5,
  buttonsInRow: 5,
  label: 80,
  customId: 100,
} as const

/** https://discord.com/developers/docs/resources/channel#channel-object-channel-structure */
export const channel = {
  name: 100,
  topic: 1024,
  /** Error 50035, CHANNEL_PARENT_MAX_CHANNELS; a server has 500: .../topics/opcodes-and-status-codes#json, code 30013 */
  channelsInCategory: 50,
} as const

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object */
export const command = {
  name: 32,
  description: 100,
  options: 25,
} as const
