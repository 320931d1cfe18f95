// A notice: something a person or the incidents channel is told that is no page and is in no incident's room.

/** What it is about; the words are made when it goes out. */
export type About =
  | { kind: 'request'; request: number; to: 'asked' | 'asker' | 'channel' }
  /** `leaving`: had it together with the outgoing person. `alone`: the incoming person, from whom it went to nobody. */
  | { kind: 'handover'; handover: number; to: 'incoming' | 'outgoing' | 'leaving' | 'alone' | 'channel' }
  /** Instants as ISO texts: this is kept as JSON. `problem` null: the calendar is read again. */
  | { kind: 'calendar'; schedule: string; problem: string | null; since: string; readAt: string | null }
  | { kind: 'strangers'; schedule: string; names: string[] }
  | { kind: 'gaps'; schedule: string; gaps: ToldGap[] }
  /** `problem` null: the system answers again. `denied`: it is there, and does not let the bot in. */
  | { kind: 'monitoring'; system: string; problem: string | null; since: string; denied?: boolean }
  /** An action item that is due, or overdue. */
  | { kind: 'action'; incident: number; item: number }
  /** A post-mortem that is not published; `dueAt` as an ISO text. */
  | { kind: 'postmortem'; incident: number; dueAt: string }
  /** A runbook file that cannot be read any more; `problem` null: it can again. `kept`: its last good version counts. */
  | { kind: 'runbook'; file: string; problem: string | null; kept: boolean }
  /** `rest`: what is left open at its end. `channel` null: the incidents channel. */
  | { kind: 'checklist'; run: number; what: 'list' | 'rest'; channel: string | null }
  /** Alerts of a source that could not be used. `isTaken`: they were, in spite of a fault. */
  | { kind: 'refused'; source: string; reason: string; isTaken?: boolean }
  | { kind: 'group'; group: string; schedules: string[]; problem: string | null }

/** A gap that is near; `times` above 1: one of every week. */
export type ToldGap = {
  from: string
  until: string
  cause: 'nobody' | 'not begun' | 'empty' | 'unknown person'
  people: string[]
  times: number
}

export type Notice = {
  platform: string
  /** Unique for ever, and carried in the message. Written again, the message is edited. */
  key: string
  /** Null: the incidents channel. */
  person: string | null
  about: About
}
