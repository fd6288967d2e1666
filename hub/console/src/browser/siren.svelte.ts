/**
 * The sound of an unacknowledged P1 alarm: two falling tones, again every two seconds until
 * somebody acknowledges. There is no other way to silence it.
 *
 * The pattern is one looping buffer, so that it needs no timer, which a browser would slow down in
 * a hidden page. A browser makes no sound before the page was touched: until then it is `locked`.
 */

const TONES_HZ = [988, 740, 988, 740];
const TONE_S = 0.16;
const STEP_S = 0.22;
const PERIOD_S = 2;
const FADE_S = 0.015;
const GAIN = 0.25;

let context: AudioContext | undefined;
let looping: AudioBufferSourceNode | undefined;
let locked = $state(true);
let sounding = $state(false);

export const siren = {
  get locked(): boolean {
    return locked;
  },
  get sounding(): boolean {
    return sounding;
  },
  /** Sound on or off, as there is an unacknowledged P1 alarm or none. */
  set(on: boolean): void {
    sounding = on;
    follow();
  },
  /** Call from a click or key press. */
  async unlock(): Promise<void> {
    const audio = open();
    if (audio.state !== "running") await audio.resume();
    follow();
  },
  /** The pattern once, so that a person hears that the sound works. */
  async test(): Promise<void> {
    await this.unlock();
    if (!sounding && !locked) play(false);
  },
};

/**
 * Unlock at the first click or key anywhere, and see at once whether the browser asks for it. At
 * the click, not the press before it: as the banner goes, what is under the pointer moves.
 */
export function unlockAtFirstGesture(): () => void {
  follow();
  const gesture = (): void => {
    void siren.unlock().then(() => {
      if (!locked) stop();
    });
  };
  const stop = (): void => {
    removeEventListener("click", gesture);
    removeEventListener("keydown", gesture);
  };
  addEventListener("click", gesture);
  addEventListener("keydown", gesture);
  return stop;
}

function open(): AudioContext {
  if (!context) {
    const audio = new AudioContext();
    audio.onstatechange = follow;
    context = audio;
  }
  return context;
}

/** Make what is heard follow what should be, as far as the browser lets it. */
function follow(): void {
  locked = open().state !== "running";
  if (sounding && !locked) looping ??= play(true);
  if (!sounding) {
    looping?.stop();
    looping = undefined;
  }
}

function play(loop: boolean): AudioBufferSourceNode {
  const audio = open();
  const source = audio.createBufferSource();
  source.buffer = pattern(audio);
  source.loop = loop;
  source.connect(audio.destination);
  source.start();
  return source;
}

function pattern(audio: BaseAudioContext): AudioBuffer {
  const rate = audio.sampleRate;
  const buffer = audio.createBuffer(1, rate * PERIOD_S, rate);
  const samples = buffer.getChannelData(0);
  TONES_HZ.forEach((hz, i) => {
    const from = Math.round(i * STEP_S * rate);
    for (let n = 0; n < TONE_S * rate; n += 1) samples[from + n] = sample(hz, n / rate);
  });
  return buffer;
}

/** A triangle wave, `at` seconds into a tone that fades in and out. */
function sample(hz: number, at: number): number {
  const phase = (hz * at) % 1;
  const envelope = Math.min(1, at / FADE_S, (TONE_S - at) / FADE_S);
  return GAIN * envelope * (4 * Math.abs(phase - 0.5) - 1);
}
