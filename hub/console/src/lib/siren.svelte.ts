/**
 * The sound of an unacknowledged P1 alarm: two falling tones, again every two seconds until
 * somebody acknowledges. There is no other way to silence it.
 *
 * A browser makes no sound before the page was touched: until then the siren is `locked`.
 */

const TONES_HZ = [988, 740, 988, 740];
const TONE_S = 0.16;
const STEP_S = 0.22;
const REPEAT_MS = 2000;
const GAIN = 0.25;

let context: AudioContext | undefined;
let locked = $state(true);
let sounding = $state(false);
let repeat: ReturnType<typeof setInterval> | undefined;

export const siren = {
  get locked(): boolean {
    return locked;
  },
  get sounding(): boolean {
    return sounding;
  },
  /** Sound on or off, as there is an unacknowledged P1 alarm or none. */
  set(on: boolean): void {
    if (on === sounding) return;
    sounding = on;
    clearInterval(repeat);
    if (!on) return;
    play();
    repeat = setInterval(play, REPEAT_MS);
  },
  /** Call from a click or key press. */
  async unlock(): Promise<void> {
    const audio = open();
    if (audio.state !== "running") await audio.resume();
    locked = audio.state !== "running";
    if (!locked && sounding) play();
  },
  /** One pattern, so that a person hears that the sound works. */
  async test(): Promise<void> {
    await this.unlock();
    if (!sounding) play();
  },
};

/** Unlock at the first touch or key anywhere, and see at once whether the browser asks for it. */
export function unlockAtFirstGesture(): () => void {
  locked = open().state !== "running";
  const gesture = (): void => {
    void siren.unlock().then(() => {
      if (!locked) stop();
    });
  };
  const stop = (): void => {
    removeEventListener("pointerdown", gesture);
    removeEventListener("keydown", gesture);
  };
  addEventListener("pointerdown", gesture);
  addEventListener("keydown", gesture);
  return stop;
}

function open(): AudioContext {
  if (!context) {
    context = new AudioContext();
    const audio = context;
    audio.onstatechange = () => (locked = audio.state !== "running");
  }
  return context;
}

function play(): void {
  if (!context || context.state !== "running") return;
  const start = context.currentTime + 0.02;
  TONES_HZ.forEach((hz, i) => tone(context!, hz, start + i * STEP_S));
}

function tone(audio: AudioContext, hz: number, at: number): void {
  const oscillator = audio.createOscillator();
  const envelope = audio.createGain();
  oscillator.type = "triangle";
  oscillator.frequency.value = hz;
  envelope.gain.setValueAtTime(0, at);
  envelope.gain.linearRampToValueAtTime(GAIN, at + 0.015);
  envelope.gain.setValueAtTime(GAIN, at + TONE_S - 0.03);
  envelope.gain.linearRampToValueAtTime(0, at + TONE_S);
  oscillator.connect(envelope).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + TONE_S);
}
