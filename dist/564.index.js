export const id = 564;
export const ids = [564];
export const modules = {

/***/ 9720:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ph: () => (/* binding */ stepTable),
/* harmony export */   Y5: () => (/* binding */ lengthOf),
/* harmony export */   pJ: () => (/* binding */ endOf),
/* harmony export */   qQ: () => (/* binding */ howItEnded)
/* harmony export */ });
/* harmony import */ var _progress_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5409);

const stateWords = { cancelled: "been cancelled" };
/** Why an execution that did not complete has ended. */
function endOf({ state, error, timeline, workflow }) {
    const cancelled = timeline.findLast(({ what, by }) => what.startsWith("cancel") && by !== null);
    const by = state === "cancelled" && cancelled ? ` by @${cancelled.by}` : "";
    const reason = by !== "" && cancelled?.reason ? `: ${cancelled.reason}` : "";
    const why = error === null ? reason : ` in the step ${error.step}: ${error.message} (${error.code})`;
    return { code: "HOS906", message: `${workflow.name} has ${stateWords[state] ?? state}${by}${why}` };
}
function howItEnded(view) {
    return `It has ${stateWords[view.state] ?? view.state}${lengthOf(view)}.`;
}
function lengthOf({ started_at, ended_at }) {
    return ended_at === null ? "" : ` after ${(0,_progress_js__WEBPACK_IMPORTED_MODULE_0__/* .lengthText */ .mf)(Date.parse(ended_at) - Date.parse(started_at))}`;
}
/** The steps as the job's summary shows them. */
function stepTable(steps, waits) {
    return { heads: ["Step", "State"], rows: steps.map((step) => [step.path, (0,_progress_js__WEBPACK_IMPORTED_MODULE_0__/* .detailOf */ .Rw)(step, waits)]) };
}


/***/ }),

/***/ 5409:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Lq: () => (/* binding */ waitText),
/* harmony export */   Rw: () => (/* binding */ detailOf),
/* harmony export */   ke: () => (/* binding */ Progress),
/* harmony export */   mf: () => (/* binding */ lengthText),
/* harmony export */   yI: () => (/* binding */ waitsOf)
/* harmony export */ });
/* harmony import */ var _core_json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6527);

/** The waits of the API's drawing of an execution. */
function waitsOf(drawing) {
    const waits = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(drawing, "waits");
    return new Map((Array.isArray(waits) ? waits : []).flatMap((wait) => {
        if (!(0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .G)(wait))
            return [];
        const [step, what, who] = [(0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(wait, "step"), (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(wait, "what"), (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(wait, "who")];
        if (typeof step !== "string" || typeof what !== "string")
            return [];
        return [[step, waitText(what, typeof who === "string" ? who : null)]];
    }));
}
/** What a step waits for, and who may answer it. */
function waitText(what, who) {
    return who === null || who === "" ? what : `${what} (${who})`;
}
/** What of an execution is told in lines: each state of a step once. Of the steps inside others, only waits and failures. */
class Progress {
    #told = new Map();
    /** Whether a step has come to wait that was not told of: what it waits for has to be asked. */
    asksOf(view) {
        return view.steps.some((step) => step.state === "waiting" && this.#told.get(step.path) !== key(step));
    }
    lines(view, waits) {
        const lines = view.steps.flatMap((step) => {
            if (this.#told.get(step.path) === key(step))
                return [];
            this.#told.set(step.path, key(step));
            const inner = /[/[]/.test(step.path);
            return inner && step.state !== "waiting" && step.state !== "failed" ? [] : [lineOf(step, waits)];
        });
        const now = standing(view);
        if (this.#told.get("") !== now)
            lines.push(...(now === "" ? [] : [now]));
        this.#told.set("", now);
        return lines;
    }
}
function key({ state, visits, attempt, waits_for }) {
    return [state, visits, attempt, waits_for].join(" ");
}
/** What holds the whole of it up, if anything does. */
function standing({ state, held, queued_for }) {
    if (state === "paused")
        return "The execution is paused: /hishamos resume lets it go on.";
    if (held !== null)
        return `The start by @${held} waits to be allowed.`;
    return queued_for === null ? "" : `It waits for its turn in ${queued_for}.`;
}
function lineOf(step, waits) {
    return `${step.path}: ${detailOf(step, waits)}`;
}
function detailOf(step, waits) {
    const again = step.visits > 1 ? `, visit ${step.visits}` : "";
    const attempt = step.attempt > 1 ? `, attempt ${step.attempt}` : "";
    switch (step.state) {
        case "waiting": {
            const question = step.question === null ? "" : `: ${step.question}`;
            return `waits for ${waits.get(step.path) ?? step.waits_for ?? "something"}${again}${question}`;
        }
        case "failed":
            return `failed${again}${attempt}: ${step.error?.message ?? "it does not say why"}`;
        case "running":
        case "completed":
        case "skipped":
            return `${step.state}${again}${attempt}${tookOf(step)}`;
        default:
            return step.state;
    }
}
function tookOf({ state, entered_at, ended_at }) {
    if (state !== "completed" || ended_at === null)
        return "";
    return ` after ${lengthText(Date.parse(ended_at) - Date.parse(entered_at))}`;
}
/** `75_000` -> `1m 15s`: as long as somebody would say it. */
function lengthText(ms) {
    const seconds = Math.max(0, Math.round(ms / 1_000));
    const [days, hours, minutes] = [86_400, 3_600, 60].map((unit) => Math.floor(seconds / unit));
    if (days)
        return `${days}d ${(hours ?? 0) % 24}h`;
    if (hours)
        return `${hours}h ${(minutes ?? 0) % 60}m`;
    return minutes ? `${minutes}m ${seconds % 60}s` : `${seconds}s`;
}


/***/ }),

/***/ 1564:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  start: () => (/* binding */ start)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ../src/core/duration.js
var duration = __webpack_require__(7429);
// EXTERNAL MODULE: ../src/core/json.js
var json = __webpack_require__(6527);
// EXTERNAL MODULE: ../src/action/ended.js
var ended = __webpack_require__(9720);
// EXTERNAL MODULE: ../src/action/progress.js
var action_progress = __webpack_require__(5409);
// EXTERNAL MODULE: ../src/action/report.js
var report = __webpack_require__(96);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ../../../@actions/core/lib/core.js + 17 modules
var core = __webpack_require__(2990);
;// CONCATENATED MODULE: ../src/action/service.js




/** What a person can change; `passing`: or what may be over in a moment. */
class ServiceError extends Error {
    problems;
    passing;
    /** Of the answer; null where there was none. */
    status;
    constructor(problems, more = {}) {
        super(problems[0].message, { cause: more.cause });
        this.problems = problems;
        this.passing = more.passing ?? false;
        this.status = more.status ?? null;
    }
}
const requestMs = 30_000;
const firstPauseMs = 100;
const longestPauseMs = 15_000;
/** A token that ends so soon is not sent any more. */
const spareMs = 30_000;
/** Pauses between tries, each about twice as long as the one before. */
function createBackoff() {
    let pauseMs = firstPauseMs;
    return {
        async next(signal) {
            // Not all jobs that have lost the service come back at once.
            const ms = pauseMs * (0.75 + Math.random() / 2);
            pauseMs = Math.min(pauseMs * 2, longestPauseMs);
            await (0,promises_.setTimeout)(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
        },
        reset() {
            pauseMs = firstPauseMs;
        },
    };
}
function createService(origin) {
    let token = null;
    async function bearer() {
        if (token === null || token.until - spareMs < Date.now()) {
            const text = await identify(origin);
            token = { text, until: expiryOf(text) };
        }
        return token.text;
    }
    /** Once more with a new token where this one is not taken: it may have ended under way. */
    async function request(path, init) {
        for (let renewed = token === null;; renewed = true) {
            const headers = new Headers(init.headers);
            headers.set("authorization", `Bearer ${await bearer()}`);
            let answer;
            try {
                // An answer that sends elsewhere is none of the service's.
                answer = await fetch(`${origin}/api/v1/workflows${path}`, { ...init, headers, redirect: "manual" });
            }
            catch (error) {
                throw new ServiceError([unreachable(origin, causeOf(error))], { passing: true, cause: error });
            }
            if (answer.ok)
                return answer;
            if (answer.status === 401 && !renewed) {
                await answer.body?.cancel();
                token = null;
                continue;
            }
            throw await refusalOf(origin, answer);
        }
    }
    async function askOnce(method, path, asked) {
        const answer = await request(path, {
            method,
            signal: AbortSignal.any([asked.signal, AbortSignal.timeout(requestMs)]),
            headers: { ...asked.headers, "content-type": "application/json" },
            ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
        });
        try {
            const body = (await answer.json());
            if ((0,json/* isObject */.G)(body))
                return body;
        }
        catch (error) {
            throw new ServiceError([unreachable(origin, causeOf(error))], { passing: true, cause: error });
        }
        throw new ServiceError([unreachable(origin, "its answer is none of a service's")]);
    }
    return {
        async ask(method, path, asked) {
            const until = Date.now() + asked.triesMs;
            const backoff = createBackoff();
            for (let told = false;; told = true) {
                try {
                    return await askOnce(method, path, asked);
                }
                catch (error) {
                    asked.signal.throwIfAborted();
                    if (!(error instanceof ServiceError) || !error.passing || Date.now() > until)
                        throw error;
                    if (!told)
                        (0,report/* say */.cv)(`${error.message}; trying again`);
                }
                await backoff.next(asked.signal);
            }
        },
        open: (path, headers, signal) => request(path, { headers, signal }),
    };
}
async function identify(audience) {
    const hint = "Give the job `permissions: { id-token: write }`. A pull request from a fork gets no token: use another event.";
    if (!process.env["ACTIONS_ID_TOKEN_REQUEST_URL"] || !process.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
        throw new ServiceError([{ code: "HOS903", message: "the job may not have an OpenID token", hint }]);
    try {
        return await core/* getIDToken */.V9(audience);
    }
    catch (error) {
        const message = `GitHub has given no OpenID token: ${causeOf(error)}`;
        throw new ServiceError([{ code: "HOS903", message, hint }], { passing: true, cause: error });
    }
}
/** When a token ends, in milliseconds since 1970; now where it does not say. */
function expiryOf(token) {
    try {
        const [, claims = ""] = token.split(".");
        const { exp } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
        return typeof exp === "number" ? exp * 1_000 : Date.now();
    }
    catch {
        return Date.now();
    }
}
function unreachable(origin, why) {
    const hint = "Is it the service's HISHAMOS_URL, and can this runner reach it?";
    return { code: "HOS904", message: `${origin} does not answer: ${why}`, hint };
}
/** The innermost cause: fetch itself says only that it has failed. */
function causeOf(error) {
    const seen = new Set();
    let inner = error;
    while (inner instanceof Error && inner.cause !== undefined && !seen.has(inner)) {
        seen.add(inner);
        inner = inner.cause;
    }
    if (!(inner instanceof Error))
        return String(inner);
    const code = "code" in inner && typeof inner.code === "string" ? inner.code : "";
    return (inner.message || code).trim().replace(/\s+/g, " ");
}
const hints = {
    401: "The input url must be exactly the service's HISHAMOS_URL, for which the token is made.",
    403: "The workflow says who may start it; a job has the role write.",
    404: "The App must be installed on the repository, and .hishamos/ of its default branch have a workflow of that name.",
};
/** What an answer of RFC 9457 says, its problems with their places behind it. */
async function refusalOf(origin, answer) {
    const { status } = answer;
    const body = (await answer.json().catch(() => null));
    const said = (0,json/* isObject */.G)(body) ? body : {};
    const passing = status === 429 || status >= 500;
    if (passing)
        return new ServiceError([unreachable(origin, `it says ${status}`)], { passing, status });
    const detail = textOf(said, "detail") ?? textOf(said, "title") ?? answer.statusText;
    const hint = hints[status];
    const first = {
        code: "HOS905",
        message: `the service says ${status}${detail === "" ? "" : `: ${detail}`}`,
        ...(hint !== undefined && { hint }),
    };
    return new ServiceError([first, ...problemsIn(said)], { status });
}
/** Those that an answer tells of under `problems`, with their places. */
function problemsIn(answer) {
    const found = (0,json/* own */.Z)(answer, "problems");
    return (Array.isArray(found) ? found : []).flatMap((one) => problemOf(one) ?? []);
}
function problemOf(value) {
    if (!(0,json/* isObject */.G)(value))
        return null;
    const code = textOf(value, "code");
    const message = textOf(value, "message");
    if (code === null || message === null)
        return null;
    const hint = textOf(value, "hint");
    const path = textOf(value, "path");
    const at = (0,json/* own */.Z)(value, "position");
    const [line, column] = (0,json/* isObject */.G)(at) ? [(0,json/* own */.Z)(at, "line"), (0,json/* own */.Z)(at, "column")] : [];
    return {
        code,
        message,
        ...(hint !== null && { hint }),
        ...(path !== null && { path }),
        ...(typeof line === "number" && typeof column === "number" && { position: { line, column } }),
    };
}
function textOf(object, key) {
    const value = (0,json/* own */.Z)(object, key);
    return typeof value === "string" ? value : null;
}

;// CONCATENATED MODULE: ../src/action/watch.js


/** A service that is renewed is back in less; one that stays away is told of. */
const patienceMs = 10 * 60_000;
/** A line on which nothing came for so long is dead: the service sends a sign of life every 15 seconds. */
const silenceMs = 60_000;
/**
 * An execution at every change until it has ended; a connection that breaks is made again, behind what was seen.
 * @throws ServiceError where the service stays away or refuses; the signal's reason once that is aborted
 */
async function* watch(service, id, signal, backoff = createBackoff()) {
    let seen = -1;
    let awaySince = null;
    const onOpen = () => {
        if (awaySince !== null)
            (0,report/* say */.cv)("connected again");
        awaySince = null;
    };
    for (;;) {
        try {
            for await (const view of connection(service, id, seen, { signal, onOpen })) {
                backoff.reset();
                if (view.revision <= seen)
                    continue;
                seen = view.revision;
                yield view;
                if (view.ended_at !== null)
                    return;
            }
            // Ended by the service, which is stopping, or a proxy, which has had enough.
        }
        catch (error) {
            signal.throwIfAborted();
            if (!(error instanceof ServiceError) || !error.passing)
                throw error;
            if (awaySince !== null && Date.now() - awaySince > patienceMs)
                throw error;
            if (awaySince === null)
                (0,report/* say */.cv)(`${error.message}; trying again`);
            awaySince ??= Date.now();
        }
        await backoff.next(signal);
    }
}
/** Server-Sent Events as https://html.spec.whatwg.org/multipage/server-sent-events.html has them. */
async function* connection(service, id, seen, { signal, onOpen }) {
    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(), silenceMs);
    const headers = { accept: "text/event-stream", ...(seen >= 0 && { "last-event-id": String(seen) }) };
    try {
        const answer = await service.open(`/executions/${id}/events`, headers, AbortSignal.any([signal, silent.signal]));
        onOpen();
        let text = "";
        for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
            timer.refresh();
            const events = `${text}${chunk}`.replaceAll("\r", "").split("\n\n");
            text = events.pop() ?? "";
            for (const event of events) {
                const data = [...event.matchAll(/^data: ?(.*)$/gm)].map(([, line = ""]) => line).join("\n");
                if (data !== "")
                    yield JSON.parse(data);
            }
        }
    }
    catch (error) {
        if (error instanceof ServiceError)
            throw error;
        // What breaks while it is read is a connection that breaks.
        const message = "the connection to the service has ended";
        throw new ServiceError([{ code: "HOS904", message }], { passing: true, cause: error });
    }
    finally {
        clearTimeout(timer);
    }
}

;// CONCATENATED MODULE: ../src/action/start.js








/** How long a service that does not answer is asked to start: an address may just be wrong. */
const startMs = 60_000;
/** What setTimeout takes: nearly 25 days, longer than any job. */
const longestMs = 2 ** 31 - 1;
class Interrupted extends Error {
    by;
    constructor(by) {
        super(by);
        this.by = by;
    }
}
/** Starts a workflow on a service as this job, and ends as the execution ends. */
async function start(job) {
    const { url, workflow, timeoutMs } = job.inputs;
    if (url === null || workflow === null)
        throw new Error("the inputs were not read for start");
    const interrupted = new AbortController();
    // GitHub sends both when a job is cancelled, the second some seconds later.
    const onSignal = () => interrupted.abort(new Interrupted("cancelled"));
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
    const service = createService(url);
    let begun = null;
    let timer;
    try {
        begun = await begin(job, service, interrupted.signal);
        const onTimeout = () => interrupted.abort(new Interrupted("timeout"));
        timer = setTimeout(onTimeout, Math.min(timeoutMs, longestMs));
        if (job.inputs.wait)
            await follow(service, begun, interrupted.signal);
        else
            await (0,report/* summarize */.eh)({ ...headed(begun), sentences: [`It has begun: ${begun.id}`] });
    }
    catch (error) {
        await failBy(error, begun, job);
    }
    finally {
        clearTimeout(timer);
        process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    }
}
async function begin(job, service, signal) {
    const { repository, inputs, subject } = job;
    const { workflow, url } = inputs;
    const path = `/${repository.id}.${encodeURIComponent(workflow ?? "")}/`;
    let answer;
    try {
        answer = await service.ask("POST", `${path}execute/`, {
            body: { inputs: inputs.inputs, subject },
            headers: { "idempotency-key": keyOf(job) },
            triesMs: Math.min(startMs, inputs.timeoutMs),
            signal,
        });
    }
    catch (error) {
        if (!(error instanceof ServiceError) || error.status !== 404)
            throw error;
        throw (await invalidity(service, path, signal)) ?? error;
    }
    const execution = (0,json/* own */.Z)(answer, "execution");
    const [id, state] = (0,json/* isObject */.G)(execution) ? [(0,json/* own */.Z)(execution, "id"), (0,json/* own */.Z)(execution, "state")] : [];
    if (typeof id !== "string" || !/^[0-9a-f]{8,128}$/.test(id) || typeof state !== "string")
        throw new ServiceError([{ code: "HOS905", message: `${url} has answered with no execution` }]);
    const page = `${url}/#/executions/${id}`;
    const result = (0,json/* own */.Z)(answer, "result");
    const how = typeof result === "string" && Object.hasOwn(results, result) ? results[result] : "has begun";
    (0,report/* say */.cv)(`${workflow} ${how}: ${page}`);
    (0,report/* setOutputs */.n0)({ execution: id, url: page, state });
    return { id, workflow: workflow ?? "", page, view: null, waits: new Map() };
}
/** A workflow that is not valid can't be started, but shown with what is wrong with it; null where it is another matter. */
async function invalidity(service, path, signal) {
    const shown = await service.ask("GET", path, { triesMs: 0, signal }).catch(() => null);
    const problems = shown === null ? [] : problemsIn(shown);
    if (problems.length === 0)
        return null;
    const message = "the workflow is not valid on the default branch";
    return new ServiceError([{ code: "HOS905", message }, ...problems]);
}
const results = {
    created: "has begun",
    exists: "had begun already",
    joined: "is under way already in its concurrency group",
    queued: "waits for its turn",
};
/**
 * One start of one step, however often it is asked for; a run that is run again starts anew. The jobs of a matrix are told
 * apart by what they start, as the runner gives them one name.
 */
function keyOf({ repository, runId, runAttempt, jobName, step, inputs, subject }) {
    const what = [
        repository.id,
        runId,
        runAttempt,
        jobName,
        step,
        inputs.workflow,
        inputs.inputs,
        subject,
    ];
    return `actions-${(0,external_node_crypto_.createHash)("sha256").update(JSON.stringify(what)).digest("hex")}`;
}
async function follow(service, begun, signal) {
    const progress = new action_progress/* Progress */.ke();
    for await (const view of watch(service, begun.id, signal)) {
        begun.view = view;
        if (progress.asksOf(view))
            begun.waits = await askWaits(service, begun, signal);
        for (const line of progress.lines(view, begun.waits))
            (0,report/* say */.cv)(line);
    }
    const { view } = begun;
    if (view === null)
        throw new Error("the watch has ended before the execution");
    (0,report/* setOutputs */.n0)({ state: view.state, outputs: view.outputs });
    await summarizeSteps(begun, (0,ended/* howItEnded */.qQ)(view));
    if (view.state === "completed")
        (0,report/* say */.cv)(`completed${(0,ended/* lengthOf */.Y5)(view)}`);
    else
        (0,report/* fail */.fJ)((0,ended/* endOf */.pJ)(view));
}
/** They are told for people's sake; the execution goes on without. */
async function askWaits(service, { id }, signal) {
    try {
        return (0,action_progress/* waitsOf */.yI)(await service.ask("GET", `/executions/${id}/drawing/`, { triesMs: 0, signal }));
    }
    catch (error) {
        signal.throwIfAborted();
        if (error instanceof ServiceError)
            return new Map();
        throw error;
    }
}
async function failBy(error, begun, job) {
    if (error instanceof Interrupted) {
        const why = error.by === "cancelled"
            ? "the job was cancelled"
            : `the ${(0,duration/* durationText */.S)(job.inputs.timeoutMs)} of the input timeout are over`;
        (0,report/* fail */.fJ)(begun === null ? notBegun(why, job) : goingOn(why, begun));
    }
    else if (error instanceof ServiceError) {
        (0,report/* fail */.fJ)(...error.problems);
        if (begun !== null)
            (0,report/* say */.cv)(`The execution may go on: ${begun.page}`);
    }
    else
        throw error;
    if (begun !== null) {
        (0,report/* setOutputs */.n0)({ state: begun.view?.state ?? "running" });
        await summarizeSteps(begun, "This job has stopped to watch; the execution goes on.");
    }
}
function notBegun(why, { inputs }) {
    return { code: "HOS904", message: `${why}, and ${inputs.url} has not answered yet` };
}
function goingOn(why, { page, view }) {
    const waiting = view?.progress.waiting ?? [];
    const where = waiting.length === 0 ? "" : ` It waits in ${waiting.join(", ")}.`;
    const hint = "A longer timeout waits longer; wait: false does not wait.";
    return { code: "HOS907", message: `${why}; the execution goes on: ${page}${where}`, hint };
}
async function summarizeSteps(begun, sentence) {
    const { view, waits } = begun;
    const error = view?.error ? [`In the step ${view.error.step}: ${view.error.message}`] : [];
    await (0,report/* summarize */.eh)({
        ...headed(begun),
        sentences: [sentence, ...error],
        table: (0,ended/* stepTable */.Ph)(view?.steps ?? [], waits),
    });
}
function headed({ workflow, page }) {
    return { heading: `HishamOS: ${workflow}`, link: { text: "The execution's page", url: page } };
}


/***/ })

};
