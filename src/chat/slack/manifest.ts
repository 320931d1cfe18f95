// The app manifest that is pasted into api.slack.com/apps: the bot's name, commands and exactly the scopes it uses.
// https://docs.slack.dev/reference/app-manifest/
import { allScopes } from './scopes.ts'

/** What touches.ts hears; not kept there, for whoever only wants a manifest does without Slack's library. */
const events = ['message.channels', 'message.groups', 'pin_added', 'pin_removed', 'reaction_added', 'reaction_removed']

export type ManifestOptions = {
  mode: 'socket' | 'http'
  /** How Slack reaches the bot, without a path; needed in HTTP mode. */
  url?: string
  /** Root words, without the slash. */
  commands: { name: string; description: string; usage_hint?: string }[]
}

/** A manifest as an object, ready for JSON. Throws when HTTP mode lacks an https address. */
export function slackManifest({ mode, url, commands }: ManifestOptions) {
  const address = mode === 'http' ? eventsUrl(url) : null
  return {
    display_information: {
      name: 'Tocsin',
      description: 'Rings when something breaks: rooms, charts, runbooks and pages for incidents.',
      background_color: '#7a1f1f',
    },
    features: {
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'tocsin', always_online: true },
      slash_commands: commands.map(({ name, description, usage_hint }) => ({
        command: `/${name}`,
        ...(address !== null && { url: address }),
        description,
        ...(usage_hint && { usage_hint }),
        // People and channels then arrive as ids, not as whatever they are called today.
        should_escape: true,
      })),
    },
    oauth_config: { scopes: { bot: allScopes() } },
    settings: {
      event_subscriptions: { bot_events: events, ...(address !== null && { request_url: address }) },
      interactivity: { is_enabled: true, ...(address !== null && { request_url: address }) },
      org_deploy_enabled: false,
      socket_mode_enabled: mode === 'socket',
      token_rotation_enabled: false,
    },
  }
}

function eventsUrl(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url) || new URL(url).protocol !== 'https:') {
    throw new Error(
      'The manifest for HTTP mode needs the https address of the bot, e.g. --url https://tocsin.example.com',
    )
  }
  return new URL('/slack/events', url).href
}
