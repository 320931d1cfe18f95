// Which permission each call of ours needs. The manifest asks for exactly these; a test reads our calls and holds them
// against this table. Source of each: https://docs.slack.dev/reference/methods/<method>/

export const scopesByMethod: Record<string, string[]> = {
  'auth.test': [],
  'bookmarks.add': ['bookmarks:write'],
  'bookmarks.list': ['bookmarks:read'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.create': ['channels:manage'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.invite': ['channels:manage'],
  'conversations.join': ['channels:join'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'conversations.setPurpose': ['channels:manage'],
  'conversations.setTopic': ['channels:manage'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.update': ['usergroups:write'],
  'users.info': ['users:read'],
  // filesUploadV2 of the client: files.getUploadURLExternal and files.completeUploadExternal.
  filesUploadV2: ['files:write'],
}

/** For what is no call: being spoken to, hearing of pins and reactions, and fetching the pictures of what was pinned. */
const heard = ['commands', 'files:read', 'pins:read', 'reactions:read']

/** Every bot scope, sorted. */
export function allScopes(): string[] {
  return [...new Set([...Object.values(scopesByMethod).flat(), ...heard])].sort()
}
