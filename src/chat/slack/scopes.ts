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
  'conversations.setPurpose': ['channels:manage'],
  'conversations.setTopic': ['channels:manage'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.update': ['usergroups:write'],
  // filesUploadV2 of the client: files.getUploadURLExternal and files.completeUploadExternal.
  filesUploadV2: ['files:write'],
}

/** Every bot scope, sorted. `commands` is for being spoken to, which is no call. */
export function allScopes(): string[] {
  return [...new Set([...Object.values(scopesByMethod).flat(), 'commands'])].sort()
}
