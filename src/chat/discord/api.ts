// Every request to Discord's REST API: one deadline, no retries of its own, errors already sorted. It needs no gateway, so
// a page goes out while the gateway is away.
import { DefaultRestOptions, REST, type RESTOptions, type RequestData } from 'discord.js'
import { Agent } from 'undici'
import { Deadline, overdue } from './deadline.ts'
import { classify, type Doing, unlessIll } from './errors.ts'

/** Milliseconds for a whole request, waiting behind others of its rate limit bucket included. */
const deadline = 10_000

/**
 * Requests a second. Discord takes 50 of a bot (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit), and in
 * a storm rooms alone would take them all: people have a share of their own, for their pages and for what they say and press.
 */
export const shares = { rooms: 20, people: 30 } as const

/** Milliseconds by which a clock may be pulled back without its being set. */
const setBack = 500

/** discord.js must neither retry nor wait: a job that failed is tried again by its queue, and others go on meanwhile. */
export function restOptions(apiUrl: string | null): Partial<RESTOptions> {
  return {
    version: '10',
    ...(apiUrl === null ? {} : { api: apiUrl.replace(/\/+$/, '') }),
    retries: 0,
    timeout: deadline,
    rejectOnRateLimit: () => true,
    makeRequest: async (url, init) => DefaultRestOptions.makeRequest(url, await inBytes(init)),
  }
}

type Init = Parameters<RESTOptions['makeRequest']>[1]

/**
 * A form with files as the bytes it is. Whichever undici is loaded first sends for all others, and one of another version knows a form
 * of its own kind only. In the program Node's own comes first, and manages; were it Slack's, no picture would arrive.
 */
async function inBytes(init: Init): Promise<Init> {
  if (!(init.body instanceof FormData)) return init
  const form = new Response(init.body)
  const headers = {
    ...(init.headers as Record<string, string>),
    'content-type': form.headers.get('content-type') ?? '',
  }
  return { ...init, headers, body: new Uint8Array(await form.arrayBuffer()) }
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

export class DiscordApi {
  readonly #rest: REST
  readonly #token: string
  readonly #patience: number
  readonly #agent = new Agent()
  /** Milliseconds from the monotonic clock to the machine's own. */
  #lead = Number.NEGATIVE_INFINITY

  /** `perSecond`: one of `shares`. `patience`: see `deadline`. */
  constructor(options: { token: string; apiUrl: string | null; perSecond: number; patience?: number }) {
    this.#token = options.token
    this.#patience = options.patience ?? deadline
    this.#rest = new REST({ ...restOptions(options.apiUrl), globalRequestsPerSecond: options.perSecond })
  }

  /**
   * Sends a request; the answer is Discord's JSON as `T` (its documentation is the source of the shape).
   * Throws TransientError or PermanentError that says what was being done.
   */
  async call<T>(doing: Doing, method: Method, route: `/${string}`, request: RequestData = {}): Promise<T> {
    this.#heedClock()
    // discord.js forgets the token after one 401, and would then fail without asking.
    this.#rest.setToken(this.#token)
    const within = new Deadline(this.#patience)
    const { signal } = within
    // What belongs to an interaction nobody else says: whether that is too late Discord knows best.
    const isShared = request.auth !== false
    const agent = isShared ? within.before(this.#agent) : this.#agent
    // discord.js knows it by the types of an undici of its own.
    const dispatcher = agent as unknown as RequestData['dispatcher']
    try {
      const answer = (await this.#rest[method](route, { ...request, signal, dispatcher })) as T
      if (isShared && within.isOver) throw overdue()
      return answer
    } catch (error) {
      const problem = classify(isShared && within.isOver ? overdue() : error, doing)
      // Only a channel's own address may be of one that is no more.
      throw isShared && !route.startsWith('/channels/') ? unlessIll(problem) : problem
    }
  }

  /**
   * discord.js remembers limits by the machine's own clock. When that is set back by an hour, each would last an hour longer: what it
   * remembers is forgotten, and Discord says it again.
   */
  #heedClock(): void {
    const lead = Date.now() - performance.now()
    if (lead < this.#lead - setBack) {
      this.#rest.handlers.clear()
      this.#rest.globalReset = -1
    }
    this.#lead = lead
  }

  close(): void {
    this.#rest.clearHashSweeper()
    this.#rest.clearHandlerSweeper()
  }
}
