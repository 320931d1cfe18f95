// What a span that failed says about it, under the names that instrumentations use.

/** Tags, or attributes: values by name. */
export type Tags = Record<string, unknown>

const errorTags = ['error.message', 'otel.status_description', 'status.message', 'exception.message', 'error.type']
const logTags = ['exception.message', 'error.object', 'error.message', 'message', 'exception.type', 'event']

/** What a failed span says about it: in an exception it recorded, else in its tags, else by the status of its answer. */
export function errorIn(tags: Tags, events: Tags[]): string {
  const telling = events.filter((event) => /error|exception/i.test(Object.keys(event).join(' ') + String(event.event)))
  const exception = telling.flatMap((event) => {
    const message = logTags.map((name) => event[name]).find((value) => value)
    const type = event['exception.type']
    if (message === undefined) return []
    return [type === undefined || type === message ? String(message) : `${type}: ${message}`]
  })[0]
  const tag = errorTags.map((name) => tags[name]).find((value) => value)
  if (exception ?? tag) return String(exception ?? tag)
  const status = tags['http.response.status_code'] ?? tags['http.status_code'] ?? tags['rpc.grpc.status_code']
  return status === undefined ? '' : `status ${status}`
}
