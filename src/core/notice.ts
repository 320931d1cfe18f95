// A notice: something a person or the incidents channel is told that is no page and is in no incident's room.

/** What it is about; the words are made when it goes out. */
export type About =
  | { kind: 'request'; request: number; to: 'asked' | 'asker' | 'channel' }
  | { kind: 'handover'; handover: number; to: 'incoming' | 'outgoing' | 'channel' }
  | { kind: 'group'; group: string; schedules: string[]; problem: string | null }

export type Notice = {
  platform: string
  /** Unique for ever, and carried in the message. Written again, the message is edited. */
  key: string
  /** Null: the incidents channel. */
  person: string | null
  about: About
}
