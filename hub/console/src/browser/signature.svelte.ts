/** A signature on its way: drawn by hand, or a photo of one on paper. */

import { at } from "../api/paths";
import { upload } from "../api/http";
import { ASPECT, draw, type Point, type Stroke } from "./strokes";

/** Pixels across the picture that is kept: sharp in print at 8 cm. */
const KEPT_WIDTH = 960;

export class Signature {
  strokes = $state.raw<Stroke[]>([]);
  /** The photo that stands in its place, by its hash; none, or one. */
  photo = $state<string[]>([]);
  #kept: { of: Stroke[]; hash: string } | undefined;

  begin(point: Point): void {
    this.strokes = [...this.strokes, [point]];
  }

  /** On with the stroke that was begun last. */
  follow(points: readonly Point[]): void {
    this.strokes = [...this.strokes.slice(0, -1), [...(this.strokes.at(-1) ?? []), ...points]];
  }

  undo(): void {
    this.strokes = this.strokes.slice(0, -1);
  }

  clear(): void {
    this.strokes = [];
  }

  /** Uploads what was drawn, once; undefined where nothing was, nor photographed. Raises Problem. */
  async hash(): Promise<string | undefined> {
    if (this.photo[0]) return this.photo[0];
    if (this.strokes.length === 0) return undefined;
    if (this.#kept?.of !== this.strokes) {
      const of = this.strokes;
      const { hash } = await upload(at("/attachments"), await pictureOf(of));
      this.#kept = { of, hash };
    }
    return this.#kept.hash;
  }
}

async function pictureOf(strokes: readonly Stroke[]): Promise<Blob> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [KEPT_WIDTH, KEPT_WIDTH * ASPECT];
  const pen = canvas.getContext("2d");
  if (pen) draw(pen, strokes, KEPT_WIDTH);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("this browser made no picture of the signature");
  return blob;
}
