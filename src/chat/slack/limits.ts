// What Slack takes, in one place, each with the page that says so. Over these it refuses the whole message.

export const limits = {
  /** https://docs.slack.dev/reference/block-kit/blocks/ */
  blocks: 50,
  /**
   * Characters of all blocks together, and what each block and each button counts beyond its words. Slack names no number and
   * answers `msg_blocks_too_long` from about 13,200 on, fewer when there are many blocks:
   * https://github.com/slackapi/bolt-js/issues/2509 and …/2867
   */
  message: 12_000,
  blockCost: 100,
  /** Of those, what all fields may take, what the message's own buttons may, and what the text of one part with buttons may; ours. */
  allFields: 6000,
  allButtons: 4000,
  partText: 6000,
  /** Characters. https://docs.slack.dev/reference/block-kit/blocks/header-block/ */
  header: 150,
  /** Characters. https://docs.slack.dev/reference/block-kit/blocks/section-block/ */
  sectionText: 3000,
  /** Fields in one section, and characters in each; the same page. */
  fields: 10,
  fieldText: 2000,
  /** Characters of Markdown that are read at all: a little more than is shown, so that a novel in an alert costs no time. */
  markdown: 16_000,
  /** Buttons in one row; Slack takes 25 (https://docs.slack.dev/reference/block-kit/blocks/actions-block/), a phone shows 5. */
  buttonsInRow: 5,
  /** Characters. https://docs.slack.dev/reference/block-kit/block-elements/button-element/ */
  buttonText: 75,
  buttonValue: 2000,
  /** Characters. https://docs.slack.dev/reference/block-kit/blocks/ (`block_id`) */
  blockId: 255,
  /**
   * Bytes of the text behind the blocks, for notifications. More is `msg_too_long` for an edit, which counts bytes where its page
   * says characters. https://docs.slack.dev/reference/methods/chat.update/
   */
  fallback: 4000,
  /** Characters. https://docs.slack.dev/reference/methods/conversations.create/ */
  channelName: 80,
  /** Characters. https://docs.slack.dev/reference/methods/conversations.setTopic/ and …/conversations.setPurpose/ */
  topic: 250,
  /** Characters of a picture's title; ours, Slack names no limit. */
  pictureTitle: 250,
  /** Messages looked through for one that may have been posted: pages, and messages a page (at most 999).
   *  https://docs.slack.dev/reference/methods/conversations.history/ */
  historyPages: 3,
  historyPage: 200,
  /** Channels looked through for a name. https://docs.slack.dev/reference/methods/conversations.list/ */
  listPages: 20,
  listPage: 1000,
  /** Characters of a request from Slack that are read; ours, a payload is a few kilobytes. */
  requestBody: 1_000_000,
} as const
