// How pictures look: light, because that reads on a phone in both of the chat's modes; large letters, because the phone
// shows 900 points as 350.
import { createRequire } from 'node:module'
import { GlobalFonts } from '@napi-rs/canvas'

export const size = { width: 900, height: 450, density: 2 }

export const margin = { left: 24, right: 24, top: 20, bottom: 16 }

export const inner = size.width - margin.left - margin.right

export const font = 'Tocsin Sans'

export const colour = {
  paper: '#ffffff',
  ink: '#1a2230',
  quiet: '#5b6676',
  grid: '#e6e9ee',
  axis: '#b8c0cc',
  threshold: '#b3123f',
  badSide: 'rgba(179, 18, 63, 0.06)',
  firing: '#b3123f',
  calm: '#3c4a5e',
  good: '#0b6e4f',
}

/** Okabe and Ito's palette, darkened where it must be read on white; the dashes tell the rest apart without colour. */
export const palette = [
  '#0064a8',
  '#d97706',
  '#00856a',
  '#b05596',
  '#3aa0dc',
  '#6b4fa3',
  '#8a6d00',
  '#4a5568',
  '#c2410c',
  '#5f9e1b',
]

export const dashes: number[][] = [[], [], [], [], [], [7, 4], [7, 4], [7, 4], [2, 3], [2, 3]]

/**
 * Registers the bundled font: without one the canvas draws no text at all, and says nothing.
 * Throws when a font file cannot be read.
 */
export function registerFont(): void {
  const locate = createRequire(import.meta.url)
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    const path = locate.resolve(`dejavu-fonts-ttf/ttf/${file}`)
    if (GlobalFonts.registerFromPath(path, font) === null) throw new Error(`The font ${path} cannot be used`)
  }
}
