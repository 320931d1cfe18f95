// Commands in runbooks and examples are there to be copied: each code block has a button for it.

/** Gives every code block below `box` its button. May be called again after each drawing. */
export function offerCopies(box) {
  for (const block of box?.querySelectorAll('pre') ?? []) {
    if (block.parentElement.classList.contains('copyable')) continue
    const frame = document.createElement('div')
    frame.className = 'copyable'
    block.replaceWith(frame)
    frame.append(block, copyButton(block.textContent.replace(/\n$/, '')))
  }
}

function copyButton(text) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = 'Copy'
  button.onclick = async () => {
    button.textContent = (await toClipboard(text)) ? 'Copied' : 'Select it by hand'
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 2_000)
  }
  return button
}

/** The clipboard proper is there only over HTTPS and on this machine; a page elsewhere still has the old way. */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    const copied = document.execCommand('copy')
    area.remove()
    return copied
  }
}
