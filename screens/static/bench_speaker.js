// The speaker: what it has said, in words, and as the very sound.
import { both, make, say } from "./words.js";
import { group, panel, touch } from "./bench_parts.js";

function heard(sound, playing) {
  const play = touch(say("sound-play"), () => playing(`/more/sound/${sound.begins}`), { sound: sound.begins });
  const words = make("p", {}, make("span", { className: "words" }, sound.words), both(say("sound-seconds", { seconds: sound.seconds })));
  return make("li", {}, play, words);
}

/** What was said last stands first. */
export function speaker(send) {
  const audio = make("audio", { id: "heard", controls: true });
  const list = make("ol", { className: "sounds" });
  const playing = (source) => {
    audio.src = source;
    audio.play().catch(() => {}); // no sound card: the controls say so
  };
  const body = panel({
    line: "speaker",
    look: [group(say("sounds"), audio, list)],
    hands: [make("p", { className: "hint" }, both(say("sound-how")))],
    faults: ["unplug"],
  }, send);
  let before = null;
  const show = ({ more }) => {
    const now = JSON.stringify(more.sounds);
    if (now !== before) {
      const newest = [...more.sounds].reverse().map((sound) => heard(sound, playing));
      list.replaceChildren(...(newest.length ? newest : [both(say("sounds-none"))]));
    }
    before = now;
    body.show(more);
  };
  return { element: body.element, show };
}
