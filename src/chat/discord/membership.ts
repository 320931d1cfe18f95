// Whether the bot is in its server: somebody may remove it and invite it again, and Discord forgets its commands there meanwhile.
import { type Client, GatewayDispatchEvents } from 'discord.js'
import type { Server } from './server.ts'

/** The parts of the events that we read. https://discord.com/developers/docs/events/gateway-events#guilds */
type Told = { id: string; unavailable?: boolean }

/** Tells that the bot was removed, also while it was not connected, and that it may be there again. */
export function hearMembership(client: Client, server: Server, told: { left(): void; back(): void }): void {
  client.ws.on(GatewayDispatchEvents.GuildDelete, ({ id, unavailable }: Told) => {
    // Else Discord itself is ill, and says by and by that the server is there again.
    if (id === server.known && unavailable !== true) told.left()
  })
  client.ws.on(GatewayDispatchEvents.GuildCreate, ({ id }: Told) => {
    if (id === server.known) told.back()
  })
  client.ws.on(GatewayDispatchEvents.Ready, ({ guilds }: { guilds: Told[] }) => {
    if (server.known !== null && guilds.every(({ id }) => id !== server.known)) told.left()
  })
}
