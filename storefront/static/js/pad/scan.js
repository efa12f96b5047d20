// Barcodes: by the camera, by a hand scanner, or typed. The same code again is one more of it.

const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code", "data_matrix"];
const EVERY = 120; // milliseconds between two looks
const GONE = 900; // a code that was out of sight for so long is shown again on purpose

// The browser's own reader, else ZXing, which is fetched only now.
const detector = async (urls) => {
  const own = globalThis.BarcodeDetector;
  const known = own ? await own.getSupportedFormats().catch(() => []) : [];
  if (known.includes("ean_13")) return new own({ formats: FORMATS.filter((format) => known.includes(format)) });
  const zxing = await import(urls.zxing);
  zxing.prepareZXingModule({ overrides: { locateFile: () => urls.wasm } });
  return new zxing.BarcodeDetector({ formats: FORMATS });
};

let sound = null;

const beep = (good) => {
  navigator.vibrate?.(good ? 60 : [60, 60, 60]);
  const Sound = globalThis.AudioContext;
  if (!Sound) return;
  sound ??= new Sound();
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  tone.frequency.value = good ? 1320 : 330;
  volume.gain.setValueAtTime(0.15, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.15);
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.16);
};

export class Scanner {
  constructor(pad) {
    this.pad = pad;
    this.dialog = document.getElementById("pad-scan");
    this.video = this.dialog.querySelector("video");
    this.field = this.dialog.querySelector("[data-pad-scan-field]");
    this.told = this.dialog.querySelector("[data-pad-scan-told]");
    this.log = this.dialog.querySelector("[data-pad-scan-log]");
    this.dialog.addEventListener("close", () => this.stop());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (this.field.value.trim()) this.hit(this.field.value.trim());
      this.field.value = "";
    });
  }

  async open() {
    this.dialog.showModal();
    this.field.focus();
    this.told.textContent = this.pad.words.scanStart;
    try {
      const media = navigator.mediaDevices;
      if (!media?.getUserMedia) throw new Error("no camera");
      const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
      const [stream, reader] = await Promise.all([media.getUserMedia({ video: wanted }), detector(this.pad.root.dataset)]);
      if (!this.dialog.open) return stream.getTracks().forEach((track) => track.stop());
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
      this.dialog.classList.add("sees");
      this.told.textContent = this.pad.words.scanSee;
      this.look(reader);
    } catch (error) {
      console.info("pad: no camera", error);
      this.stop();
      this.told.textContent = this.pad.words.scanNone;
    }
  }

  stop() {
    this.dialog.classList.remove("sees");
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = this.video.srcObject = null;
  }

  look(reader) {
    const seen = new Map();
    const again = async () => {
      if (!this.stream) return;
      const found = this.video.readyState >= 2 ? await reader.detect(this.video).catch(() => []) : [];
      const now = performance.now();
      for (const { rawValue } of found) {
        if (!rawValue) continue;
        if (now - (seen.get(rawValue) ?? -Infinity) > GONE) this.hit(rawValue);
        seen.set(rawValue, performance.now());
      }
      this.timer = setTimeout(again, EVERY);
    };
    again();
  }

  hit(code) {
    const quantity = this.pad.scan(code);
    beep(true);
    const line = document.createElement("li");
    line.textContent = `${code} × ${quantity}`;
    this.log.prepend(line);
    while (this.log.children.length > 6) this.log.lastChild.remove();
  }
}
