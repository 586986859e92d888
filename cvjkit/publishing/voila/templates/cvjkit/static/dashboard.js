// What a reader must know about the state of the page: starting, unreachable, over.
(() => {
  "use strict";

  const PATIENCE_SECONDS = 30;
  const LOOK_SECONDS = 5;
  const ANSWER_SECONDS = 10;

  const say = (sentence, fault = true, action = null) => {
    const line = document.getElementById("cvjkit-status");
    line.textContent = sentence;
    line.classList.toggle("cvjkit-fault", fault);
    if (action) line.append(" ", action);
  };

  const button = (label, onclick) => Object.assign(document.createElement("button"), { textContent: label, onclick });

  // JupyterLab's styles and widgets read from the body whether the theme is light.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const mark = () => {
    document.body.dataset.jpThemeLight = String(!dark.matches);
    document.body.dataset.jpThemeName = dark.matches ? "JupyterLab Dark" : "JupyterLab Light";
  };

  // Voila calls these: while a cell takes long, and when its own script is ready.
  window.voila_heartbeat = () => say("Still starting, some numbers take a while …", false);
  window.voila_finish = () => {};

  const outputs = () => [...document.querySelectorAll(".jp-OutputArea-output")].map((output) => output.textContent);

  const waiting = () =>
    document.querySelector('script[type="application/vnd.voila.cell-output+json"]') ||
    outputs().includes("Loading widget...");

  const watchStart = () => {
    const slow = setTimeout(
      () => say("This takes longer than it should. You can wait, or", true, button("start again", () => location.reload())),
      PATIENCE_SECONDS * 1000,
    );
    const look = () => {
      if (waiting()) return;
      observer.disconnect();
      clearTimeout(slow);
      document.body.classList.remove("cvjkit-starting");
      if (outputs().some((text) => text.startsWith("Error displaying widget")))
        say("Part of this page could not be drawn.", true, button("Start again", () => location.reload()));
      else say("", false);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true });
    look();
  };

  const kernel = () => JSON.parse(document.getElementById("jupyter-config-data").textContent);

  // Voila's own script says nothing when the kernel is gone: the page would just stop answering.
  const watchKernel = () => {
    const { baseUrl, kernelId } = kernel();
    let unreachable = false;
    const end = (sentence, action) => {
      clearInterval(timer);
      document.body.classList.remove("cvjkit-starting");
      document.getElementById("rendered_cells").inert = true;
      say(sentence, true, action);
    };
    const look = async () => {
      if (document.hidden) return;
      try {
        const { status } = await fetch(`${baseUrl}api/kernels/${kernelId}`, { cache: "no-store" });
        if (status === 404) {
          end(
            "This page no longer answers: it was left alone for too long, or its server was restarted. " +
              "Its address keeps what you typed.",
            button("Start again", () => location.reload()),
          );
        } else if (status === 401 || status === 403) {
          end("Your access has ended. Open the full link again, the one that ends in ?token=…");
        } else if (unreachable) {
          unreachable = false;
          say("", false);
        }
      } catch {
        unreachable = true;
        say("The server cannot be reached. This page keeps trying.");
      }
    };
    const timer = setInterval(look, LOOK_SECONDS * 1000);
    addEventListener("visibilitychange", look);
    addEventListener("online", look);
    return look;
  };

  // A message to or from the kernel: its header is part 1, its content part 4.
  const decoder = new TextDecoder();
  const part = (message, number) => {
    const view = new DataView(message);
    const [start, end] = [number, number + 1].map((index) => Number(view.getBigUint64(8 * (index + 1), true)));
    return JSON.parse(decoder.decode(new Uint8Array(message, start, end - start)));
  };

  // Whether what somebody does on the page is answered, and without an exception.
  const watchAnswers = (look) => {
    let asked = null; // since when the kernel owes an answer
    let failed = false;
    let said = "";
    const sayOnce = (what, ...more) => {
      if (what !== said) say(...more);
      said = what;
    };
    const heard = ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return;
      const kind = part(data, 1).msg_type;
      const state = kind === "status" && part(data, 4).execution_state;
      if (kind === "error") {
        failed = true;
        sayOnce("failed", "That could not be calculated. The reason is in the log of the server.");
      } else if (state === "busy") {
        asked ??= Date.now();
        failed = false;
      } else if (state === "idle") {
        asked = null;
        if (!failed) sayOnce("", "", false);
      } else if (state === "dead") {
        // At once: what is typed meanwhile is lost.
        look();
      }
    };
    setInterval(() => {
      if (asked !== null && Date.now() - asked > ANSWER_SECONDS * 1000)
        sayOnce(
          "slow",
          "This is still being calculated, and the numbers on the page are those from before. You can wait, or",
          true,
          button("start again", () => location.reload()),
        );
    }, 1000);
    const { send } = WebSocket.prototype;
    const kernels = new WeakSet();
    WebSocket.prototype.send = function (data) {
      if (this.url.includes("/api/kernels/") && data instanceof ArrayBuffer) {
        if (!kernels.has(this)) this.addEventListener("message", heard);
        kernels.add(this);
        if (part(data, 1).msg_type === "comm_msg") asked ??= Date.now();
      }
      return send.call(this, data);
    };
  };

  // A page that is left ends its kernel. Voila tries to, but without the cookie it needs to be
  // believed, and already when a link to a mail program is clicked and the page stays.
  const letGo = () => {
    const listen = window.addEventListener;
    window.addEventListener = (type, listener, ...more) => {
      const farewell = type === "beforeunload" && String(listener).includes("voila/api/shutdown");
      listen.call(window, farewell ? "pagehide" : type, listener, ...more);
    };
    if (!/\b_xsrf=/.test(document.cookie)) {
      const secret = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
      document.cookie = `_xsrf=${secret.join("")}; path=${kernel().baseUrl}; SameSite=Strict`;
    }
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  };

  document.addEventListener("DOMContentLoaded", () => {
    mark();
    letGo();
    dark.addEventListener("change", mark);
    watchStart();
    watchAnswers(watchKernel());
  });
})();
