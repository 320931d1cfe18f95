// What a person typed, out of Slack's escaped form. https://docs.slack.dev/interactivity/implementing-slash-commands/

/**
 * `<@U123|ada>` becomes `@U123`, `<#C1|ops>` becomes `#ops`, links become their address; entities become characters.
 * Slack writes every < that a person types as &lt;, so no mark is looked for beyond the next one: that would take long.
 */
export function typedText(text: string): string {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g, '@$1')
    .replace(/<#([CG][A-Z0-9]+)(?:\|([^<>]*))?>/g, (_, id: string, name?: string) => `#${name || id}`)
    .replace(/<!subteam\^[A-Z0-9]+\|@?([^<>]*)>/g, '@$1')
    .replace(/<!([a-z]+)(?:\|[^<>]*)?>/g, '@$1')
    .replace(/<((?:https?:\/\/|mailto:|tel:)[^|<>]+)(?:\|([^<>]*))?>/g, (_, url: string, label?: string) =>
      url.startsWith('http') ? url : (label ?? url),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
