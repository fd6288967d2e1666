/** How a text message is cut into segments, each of which is paid for (3GPP TS 23.038). */

const GSM = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** These take two places. */
const EXTENDED = new Set("^{}\\[~]|€");

const LATIN = { alone: 160, joined: 153 };
const UNICODE = { alone: 70, joined: 67 };

export interface Length {
  characters: number;
  segments: number;
}

export function lengthOf(text: string): Length {
  const characters = [...text];
  const isLatin = characters.every((character) => GSM.has(character) || EXTENDED.has(character));
  const places = isLatin
    ? characters.reduce((sum, character) => sum + (EXTENDED.has(character) ? 2 : 1), 0)
    : text.length; // in UTF-16, as it is sent
  const room = isLatin ? LATIN : UNICODE;
  const segments = places <= room.alone ? Math.min(places, 1) : Math.ceil(places / room.joined);
  return { characters: characters.length, segments };
}
