// The manifest asks for exactly what the code does: read from the sources, not believed.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { slackManifest } from '../../src/chat/slack/manifest.ts'
import { allScopes, scopesByMethod } from '../../src/chat/slack/scopes.ts'

const folder = new URL('../../src/chat/slack/', import.meta.url)

function callsInSources(): string[] {
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
  const calls = sources.flatMap((source) => [...source.matchAll(/\bclient\s*\.((?:\w+\s*\.\s*)*\w+)\(/g)])
  const methods = calls.map(([, path = '']) => path.replace(/\s/g, ''))
  // Of the Socket Mode client and the emitter, not of the Web API.
  return [...new Set(methods)].filter((method) => !['once', 'on', 'disconnect'].includes(method)).sort()
}

test('every Web API call of ours is in the table of scopes, and nothing else is', () => {
  expect(callsInSources()).toEqual(Object.keys(scopesByMethod).sort())
})

test('the manifest asks for these scopes and no others', () => {
  const { oauth_config } = slackManifest({ mode: 'socket', commands: [] })
  expect(oauth_config.scopes.bot).toEqual(allScopes())
  expect(allScopes()).toEqual([
    'bookmarks:read',
    'bookmarks:write',
    'channels:history',
    'channels:join',
    'channels:manage',
    'channels:read',
    'chat:write',
    'commands',
    'files:read',
    'files:write',
    'groups:history',
    'groups:read',
    'im:history',
    'im:write',
    'pins:read',
    'reactions:read',
    'usergroups:read',
    'usergroups:write',
    'users:read',
  ])
})

test('Socket Mode needs no address; HTTP mode puts one on every command', () => {
  const commands = [{ name: 'incident', description: 'Incidents', usage_hint: 'list' }]
  expect(slackManifest({ mode: 'socket', commands })).toMatchObject({
    features: {
      slash_commands: [{ command: '/incident', description: 'Incidents', usage_hint: 'list', should_escape: true }],
    },
    settings: { socket_mode_enabled: true, interactivity: { is_enabled: true } },
  })
  const url = 'https://tocsin.example.com/slack/events'
  expect(slackManifest({ mode: 'http', url: 'https://tocsin.example.com', commands })).toMatchObject({
    features: { slash_commands: [{ command: '/incident', url }] },
    settings: {
      socket_mode_enabled: false,
      interactivity: { request_url: url },
      event_subscriptions: { request_url: url, bot_events: expect.arrayContaining(['pin_added', 'message.groups']) },
    },
  })
  expect(() => slackManifest({ mode: 'http', commands })).toThrow('https address')
})
