// A program of the JavaScript client, version 4: node realtime_program.cjs inbound|dial
const { SignalWire, Voice } = require("@signalwire/realtime-api");

const [way] = process.argv.slice(2);
const tell = (...words) => console.log(...words);

async function talk(call) {
  const play = await call.playTTS({ text: "Hello from JavaScript" }).onEnded();
  tell("played", play.state);

  const recording = await call.recordAudio({ format: "wav", terminators: "#", endSilenceTimeout: 0, initialTimeout: 0 }).onStarted();
  await recording.pause();
  await recording.resume();
  await recording.stop();
  await recording.ended();
  tell("recorded", recording.state, recording.url.slice(-4));

  const prompt = await call.promptTTS({ text: "Enter your number", digits: { max: 4, terminators: "#" }, initialTimeout: 20 }).onStarted();
  await prompt.ended();
  tell("prompt", prompt.digits, prompt.terminator);

  const collect = await call.collect({ digits: { max: 2 }, initialTimeout: 20, startInputTimers: true }).onStarted();
  await call.playTTS({ text: "And two digits more" });
  await collect.ended();
  tell("collected", collect.digits);

  await call.sendDigits("12#");
  tell("digits sent");

  await call.hangup();
  tell("ended", call.state);
}

async function main() {
  const client = await SignalWire({
    project: process.env.SIGNALWIRE_PROJECT_ID,
    token: process.env.SIGNALWIRE_API_TOKEN,
    host: process.env.SIGNALWIRE_SPACE,
  });
  tell("logged in");
  let finished;
  const over = new Promise((resolve) => (finished = resolve));
  if (way === "dial") {
    const call = await client.voice.dialPhone({ from: "+15550100001", to: "+15550100125", timeout: 20 });
    tell("answered", call.id);
    await talk(call);
    finished();
  } else {
    await client.voice.listen({
      topics: ["javascript"],
      onCallReceived: async (call) => {
        await call.answer();
        tell("answered", call.id);
        await talk(call);
        finished();
      },
    });
    tell("listening");
  }
  await over;
  await client.disconnect();
  process.exit(0);
}

main().catch((error) => {
  tell("failed", error && error.stack ? error.stack : JSON.stringify(error));
  process.exit(1);
});
