export const id = 882;
export const ids = [882];
export const modules = {

/***/ 9533:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   v: () => (/* binding */ shippedRoles)
/* harmony export */ });
/* unused harmony export readRole */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var ajv__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3115);
/* harmony import */ var yaml__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9171);
/* harmony import */ var _core_duration_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7429);
/* harmony import */ var _core_json_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(6527);





const folder = new URL("./roles/", new URL("agents/roles.js", globalThis.hishamosBundle).href);
const keys = new Set(["name", "engine", "instructions", "output_schema", "produces", "tools", "limits"]);
let shipped = null;
/** One for all roles: compiling JSON Schema's own schema takes longer than all else that is done with a role. */
const ajv = new ajv__WEBPACK_IMPORTED_MODULE_3__.Ajv({ strict: true });
/**
 * The roles that ship, by name, read once from the files beside this module. A file that is wrong is a bug of ours and
 * thrown with its name.
 */
function shippedRoles() {
    shipped ??= readRoles();
    return shipped;
}
function readRoles() {
    const files = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readdirSync)(folder).filter((file) => file.endsWith(".yml"));
    return new Map(files.toSorted().map((file) => {
        const role = readRole(file, (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(new URL(file, folder), "utf8"));
        return [role.name, role];
    }));
}
/** Throws where the text is not a role of this name; only for files that ship. */
function readRole(file, text) {
    const fail = (what) => {
        throw new Error(`roles/${file}: ${what}`);
    };
    const document = (0,yaml__WEBPACK_IMPORTED_MODULE_1__/* .parse */ .qg)(text);
    const agent = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(document) ? (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(document, "agent") : undefined;
    if (!(0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(agent))
        return fail("agent: is missing");
    const unknown = Object.keys(agent).find((key) => !keys.has(key));
    if (unknown !== undefined)
        return fail(`unknown key ${unknown}`);
    const name = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(agent, "name");
    if (name !== file.replace(/\.yml$/, ""))
        return fail("name must be the file's");
    const instructions = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(agent, "instructions");
    if (typeof instructions !== "string" || instructions.trim() === "")
        return fail("instructions are missing");
    const produces = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(agent, "produces") ?? null;
    if (produces !== null && produces !== "pull_request")
        return fail("produces is wrong");
    const outputSchema = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(agent, "output_schema") ?? null;
    if (outputSchema !== null && !(0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(outputSchema))
        return fail("output_schema must be a map");
    if (outputSchema !== null)
        ajv.compile(outputSchema);
    return {
        name,
        engines: texts((0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(agent, "engine")) ?? fail("engine must be text or a list"),
        instructions,
        outputSchema,
        produces,
        tools: texts((0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(agent, "tools")) ?? fail("tools must be a list"),
        limits: readLimits((0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(agent, "limits")) ?? fail("limits are wrong"),
    };
}
function texts(value) {
    const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
    const found = list.filter((one) => typeof one === "string");
    return found.length === list.length ? found : null;
}
function readLimits(value) {
    const limits = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .isObject */ .G)(value) ? value : {};
    const tokens = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(limits, "tokens") ?? null;
    const steps = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(limits, "steps") ?? null;
    const timeout = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(limits, "timeout") ?? null;
    const timeoutMs = timeout === null ? null : (0,_core_duration_js__WEBPACK_IMPORTED_MODULE_2__/* .durationMs */ .p)(timeout);
    if ((tokens !== null && typeof tokens !== "number") || (steps !== null && typeof steps !== "number"))
        return null;
    if (timeout !== null && timeoutMs === null)
        return null;
    const costUsd = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_4__/* .own */ .Z)(limits, "cost_usd") ?? null;
    if (costUsd !== null && typeof costUsd !== "number")
        return null;
    return { tokens, costUsd, timeoutMs, steps };
}


/***/ }),

/***/ 8955:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Yn: () => (/* reexport */ checkTests),
  EX: () => (/* reexport */ unknownWorkflow)
});

// UNUSED EXPORTS: answerDeeds, checkCase, entryFor, namedSteps, pathOf, problemAt, readTests

// EXTERNAL MODULE: ../src/core/json.js
var json = __webpack_require__(6527);
// EXTERNAL MODULE: ../src/core/nearest.js
var nearest = __webpack_require__(3975);
// EXTERNAL MODULE: ../src/definition/catalogue.generated.js
var catalogue_generated = __webpack_require__(9913);
// EXTERNAL MODULE: ../src/core/duration.js
var duration = __webpack_require__(7429);
// EXTERNAL MODULE: ../src/definition/limits.js
var limits = __webpack_require__(2971);
// EXTERNAL MODULE: ../src/definition/problems.js
var definition_problems = __webpack_require__(9327);
// EXTERNAL MODULE: ../src/definition/source.js
var definition_source = __webpack_require__(8258);
// EXTERNAL MODULE: ../src/definition/tree.js
var definition_tree = __webpack_require__(3555);
// EXTERNAL MODULE: ../src/definition/yaml.js + 2 modules
var yaml = __webpack_require__(6392);
// EXTERNAL MODULE: ../../../ajv/dist/ajv.js
var ajv = __webpack_require__(3115);
// EXTERNAL MODULE: ../src/definition/schema/parts.js
var parts = __webpack_require__(7925);
;// CONCATENATED MODULE: ../src/definition/schema/tests.js
// The shape of `.hishamos/tests/*.yml`, made as that of workflows is: no oneOf and anyOf, the keywords of each form stand
// side by side, `expects` completes "… must be", `description` is what an editor shows.

const tests_text = (description, expects) => ({
    ...(0,parts/* text */.Qq)(description, expects),
    maxLength: 65_536,
});
const login = (description) => (0,parts/* formed */.Gd)("^[A-Za-z0-9][A-Za-z0-9_-]{0,98}(?:\\[bot\\])?$", "a login", description);
const list = (items, description, expects = "a list") => ({
    type: "array",
    expects,
    description,
    items,
});
const listOrMap = (schema) => ({ type: ["array", "object"], ...schema });
const textOrMap = (schema) => ({ type: ["string", "object"], ...schema });
const payload = (description) => ({
    type: ["object", "null"],
    expects: "a payload, that is a map",
    description,
});
const files = (description) => (0,parts/* mapOf */.A7)(tests_text("What is in the file.", "a file's text"), description, { expects: "a map of paths to texts" });
const yes = (description) => ({ const: true, expects: "true", description });
const label = (description) => tests_text(description, "a label");
const conclusion = (description) => tests_text(description, "a conclusion such as success");
const change = {
    branch: {
        type: "string",
        minLength: 1,
        maxLength: 200,
        expects: "a branch",
        description: "The branch that is pushed to; it is made from the default branch where there is none.",
    },
    files: files("By path what the files hold then; one file of any content unless given."),
    message: tests_text("The commit's message."),
};
/** What one person does on GitHub; `as` says who. */
const deeds = {
    as: login("Who does it. With this key the answer is something that is done on GitHub."),
    comments: tests_text("Writes this comment; /hishamos and slash commands are heard."),
    labels: label("Puts this label on."),
    unlabels: label("Takes this label off."),
    assigns: login("Assigns this person."),
    closes: yes("Closes the issue, or the pull request where there is none."),
    reopens: yes("Opens it again."),
    merges: yes("Merges the pull request."),
    pushes: (0,parts/* map */.Tj)(change, "Pushes to a branch.", { required: ["branch"] }),
    reviews: (0,parts/* map */.Tj)({
        event: (0,parts/* word */.Vm)(["approve", "request_changes", "comment"], "a kind of review", "What the review comes to."),
        body: tests_text("What the review says."),
    }, "Reviews the pull request.", { required: ["event"] }),
    clicks: tests_text("Presses the button of this identifier on the check run.", "a button's identifier"),
};
const answer = (0,parts/* map */.Tj)({
    output: (0,parts/* anything */.D8)("What the agent or the action gives back. The action is then not done."),
    by: login("Who answers, in a comment. Without it the answer is there at once, as a model's."),
    after: (0,parts/* ref */.KR)("duration", "How long they take, so that reminders and timeouts can come first."),
    fail: textOrMap({
        expects: "transient, timeout, error, or a map; with by a person's reason",
        description: "Lets the attempt fail: transient, timeout, error, or what the error says. With by: the reason of a person who says that it can't be done.",
        properties: {
            class: (0,parts/* word */.Vm)(["transient", "timeout", "error"], "a failure class", "What retry.on goes by (default error)."),
            code: tests_text("The error's code, as error.code (default the class).", "an error's code"),
            message: tests_text("The error's message, as error.message."),
        },
        additionalProperties: false,
    }),
    times: (0,parts/* whole */.WQ)(1, 100, "How many attempts fail before the next answer, or the work itself (default all)."),
    approve: {
        ...login("Who approves: one person, or a list of those that it takes."),
        type: ["string", "array"],
        expects: "a login or a list of them",
        items: login("Who approves."),
    },
    reject: login("Who rejects."),
    reason: tests_text("Why it is approved or rejected."),
    pull_request: (0,parts/* map */.Tj)({ ...change, title: tests_text("Its title."), body: tests_text("Its body (default: Closes #ISSUE).") }, "Opens the pull request that the agent is to make; at later visits pushes to it."),
    event: (0,parts/* mapOf */.A7)(payload("As much of its payload as matters."), "The event that the wait is for: EVENT.ACTION and its payload.", { expects: "an event" }),
    checks: (0,parts/* mapOf */.A7)(conclusion("How it ends: success, failure, cancelled or another."), "How the checks end on the pull request's head, by their names.", { expects: "a map of checks to conclusions" }),
    run: (0,parts/* map */.Tj)({
        conclusion: conclusion("How it ends: success (the default), failure, cancelled or another."),
        output: (0,parts/* anything */.D8)("What its artifact hishamos-output holds: the step's results."),
    }, "How the GitHub Actions run ends that the step has dispatched."),
    ...deeds,
}, "Does exactly one thing; a list has one answer for each visit.", {
    type: ["object", "array"],
    expects: "an answer or a list of them, one for each visit",
    items: (0,parts/* ref */.KR)("answer", "The answer at this visit."),
});
const issue = (0,parts/* map */.Tj)({
    title: tests_text("Its title."),
    body: tests_text("Its body."),
    author: login("Who opened it."),
    labels: list(label("A label on it."), "The labels on it."),
    assignees: list(login("Who is assigned."), "Who is assigned."),
    state: (0,parts/* word */.Vm)(["open", "closed"], "a state", "open or closed (default open)."),
}, "An issue. The first one is number 1.");
const pullRequest = (0,parts/* map */.Tj)({
    ...change,
    title: tests_text("Its title."),
    body: tests_text("Its body."),
    author: login("Who opened it."),
    labels: list(label("A label on it."), "The labels on it."),
    draft: (0,parts/* yesNo */.Lm)("Whether it is a draft."),
    fork: (0,parts/* yesNo */.Lm)("Whether it comes from its author's fork."),
}, "An open pull request; they are numbered after the issues. An author whose login ends in [bot] is a bot.");
const github = (0,parts/* map */.Tj)({
    repository: (0,parts/* formed */.Gd)("^[^/ ]+/[^/ ]+$", "OWNER/NAME", "The repository, as OWNER/NAME (default acme/shop)."),
    collaborators: (0,parts/* mapOf */.A7)((0,parts/* word */.Vm)(["none", "read", "triage", "write", "maintain", "admin"], "a role", "The person's role."), "People with their roles. Who is not listed has write.", { expects: "a map of logins to roles" }),
    teams: (0,parts/* mapOf */.A7)(list(login("A member."), "Its members."), "Teams as ORG/TEAM with their members, for approvals from @ORG/TEAM.", { expects: "a map of ORG/TEAM to logins" }),
    labels: list(label("A label."), "The labels that the repository has."),
    files: files("Files of the default branch, by path. What is in .hishamos/ is there already."),
    issues: list(issue, "Issues that are there before, from number 1 on."),
    pull_requests: list(pullRequest, "Pull requests that are open before."),
    required_checks: (0,parts/* mapOf */.A7)(list(tests_text("A check's name.", "a check's name"), "The checks that the branch requires."), "By branch what its rules require, for wait_for: {checks: required}.", { expects: "a map of branches to checks" }),
}, "What is on GitHub before. A case adds to what the file says; an empty list takes that away.");
const stepState = (description) => (0,parts/* word */.Vm)(["completed", "failed", "skipped", "waiting"], "a step's state", description);
const expectation = (0,parts/* map */.Tj)({
    state: (0,parts/* word */.Vm)(["completed", "failed", "cancelled", "running", "paused", "not_started"], "a state", "How the run stands when nothing is to come any more."),
    steps: listOrMap({
        expects: "a list of steps in their order, or a map of steps to what they come to",
        description: "A list of all steps visited, in their order (those skipped or inside a group only where one of them is named); or a map of some steps to what they come to.",
        items: textOrMap({
            expects: "a step, or a map of a step to its state",
            description: "A step that was visited, or one with the state that it came to.",
            minProperties: 1,
            maxProperties: 1,
            additionalProperties: stepState("What the visit came to."),
        }),
        additionalProperties: textOrMap({
            expects: "a step's state or a map",
            description: "What the step's last visit came to.",
            properties: {
                state: stepState("What the last visit came to."),
                visits: {
                    ...(0,parts/* whole */.WQ)(0, 100_000, "How often the step was entered; skipped does not count."),
                    expects: "a whole number",
                },
                input: (0,parts/* anything */.D8)("What the step was given; of maps what is named."),
                output: (0,parts/* anything */.D8)("What the step gave back; of maps what is named."),
                error: tests_text("The code of the error that it failed with.", "an error's code"),
            },
            additionalProperties: false,
        }),
    }),
    comments: list(textOrMap({
        expects: "a text that a comment has in it, or a map",
        description: "A text that some comment has in it; white space does not count.",
        properties: { not: tests_text("A text that no comment has in it.") },
        required: ["not"],
        additionalProperties: false,
    }), "Texts in comments on the subject and its pull request, the table of steps aside.", "a list of texts"),
    labels: listOrMap({
        expects: "a list of all labels, or a map with has and not",
        description: "All labels of the subject, or those that it has and has not among others.",
        items: label("A label on it."),
        properties: {
            has: list(label("A label on it."), "Labels that are on it."),
            not: list(label("A label that is not on it."), "Labels that are not on it."),
        },
        additionalProperties: false,
    }),
    assignees: list(login("Who is assigned."), "All who are assigned."),
    issue: (0,parts/* word */.Vm)(["open", "closed"], "a state", "How the issue stands at the end."),
    pull_request: (0,parts/* word */.Vm)(["open", "closed", "merged"], "a state", "How the pull request stands at the end."),
    outputs: (0,parts/* anything */.D8)("The workflow's outputs; of maps what is named."),
    error: textOrMap({
        expects: "an error's code or a map",
        description: "The error that the run failed with: its code, or what is named.",
        properties: {
            step: tests_text("The step that failed."),
            code: tests_text("The error's code."),
            message: tests_text("A part of its message."),
        },
        additionalProperties: false,
    }),
}, "What is to come of it. What is left out is not looked at.");
const caseKeys = {
    name: tests_text("What is to happen, as a sentence.", "a text that says what is to happen"),
    event: textOrMap({
        expects: "an event such as issues.labeled, with its payload",
        description: "What starts it: EVENT.ACTION, or schedule, with as much of its payload as matters. Without it the inputs alone.",
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: payload("The payload in GitHub's words, or short: label: bug, author: alice."),
    }),
    input: (0,parts/* mapOf */.A7)((0,parts/* anything */.D8)("The input's value."), "Inputs of the workflow, as a call would give them."),
    github,
    answers: (0,parts/* mapOf */.A7)((0,parts/* ref */.KR)("answer", "One answer for every visit, or a list, one for each."), "By step what people, agents and GitHub answer: fix, fix#2 for its second visit, checks/lint in a group, each[0] for an item, qa/smoke in a child workflow.", { expects: "a map of steps to answers" }),
    crash: {
        ...tests_text("The service dies in the work of this step, or of each of a list, and is started again.", "a step"),
        type: ["string", "array"],
        expects: "a step or a list of them",
        minItems: 1,
        maxItems: 100,
        items: tests_text("The service dies in the work of this step, and is started again.", "a step"),
    },
    time: (0,parts/* ref */.KR)("duration", "How long to play at most; until nothing is to come any more unless given."),
    expect: expectation,
};
const workflow = tests_text("The workflow under test: its file's name in the folder above, without ending, or its path from there.", "a workflow's name or path");
/** `.hishamos/tests/*.yml`: one case, or a list of them with what they share above. */
const testsSchema = {
    $id: "tests",
    $defs: {
        duration: (0,parts/* formed */.Gd)("^[0-9]{1,12}(?:\\.[0-9]{1,3})?(?:ms|s|m|h|d)$", "a duration such as 90s, 10m, 2h or 7d", "A duration such as 90s, 10m, 2h or 7d."),
        answer,
        case: (0,parts/* map */.Tj)({ workflow, ...caseKeys }, "One case; what stands above holds for it too.", {
            required: ["name", "expect"],
        }),
    },
    ...(0,parts/* map */.Tj)({
        workflow,
        ...caseKeys,
        cases: {
            type: "array",
            minItems: 1,
            maxItems: 1000,
            items: (0,parts/* ref */.KR)("case", "One case."),
            expects: "a list of cases",
            description: "The cases; what stands above holds for each. A file with one case needs none.",
        },
    }, "Tests of a workflow."),
};

;// CONCATENATED MODULE: ../src/definition/tests/form.js




let compiled = null;
/** Tells what the schema has against a test file, in our own words and with positions. */
function checkForm(root, problems) {
    compiled ??= new ajv.Ajv({ strict: false, allErrors: true, verbose: true, ownProperties: true }).compile(testsSchema);
    if (compiled((0,definition_tree/* toJson */.aB)(root)))
        return;
    for (const error of compiled.errors ?? []) {
        const tree = follow(root, error.instancePath);
        if (tree.type === "scalar" && tree.broken)
            continue;
        const told = inWords(error, tree);
        const place = told.key === undefined ? tree : (keyPlace(tree, told.key) ?? tree);
        const problem = {
            code: "HOS810",
            message: told.message,
            position: problems.source.position(place.start),
            ...(told.hint === undefined ? {} : { hint: told.hint }),
        };
        problems.take(problem);
    }
}
function inWords(error, tree) {
    const rule = (error.parentSchema ?? {});
    const params = error.params;
    const name = nameOf(error.instancePath);
    const expected = typeof rule["expects"] === "string" ? rule["expects"] : "something else";
    switch (error.keyword) {
        case "additionalProperties": {
            const key = String(params["additionalProperty"]);
            const known = Object.keys(rule["properties"] ?? {});
            return {
                message: `unknown key "${key.slice(0, 60)}"`,
                hint: (0,nearest/* didYouMean */.a)(key, known) ?? `Known here: ${known.join(", ")}.`,
                key,
            };
        }
        case "required":
            return { message: `the key "${String(params["missingProperty"])}" of ${name} is missing` };
        case "enum": {
            const values = rule["enum"].map(String);
            return {
                message: `${shown(tree)} is not ${expected}: use ${values.join(", ")}`,
                hint: (0,nearest/* didYouMean */.a)(tree.type === "scalar" ? String(tree.value) : "", values),
            };
        }
        default:
            return { message: `${name} must be ${expected}, not ${shown(tree)}` };
    }
}
function shown(tree) {
    if (tree.type !== "scalar")
        return tree.type === "list" ? "a list" : "a map";
    if (tree.value === null)
        return "nothing";
    return typeof tree.value === "string" ? JSON.stringify(tree.value.slice(0, 60)) : String(tree.value);
}
function nameOf(pointer) {
    const parts = pointer.split("/").slice(1).map(form_unescape);
    const last = parts.at(-1);
    if (last === undefined)
        return "the file";
    return /^\d+$/.test(last) && parts.length > 1 ? `${parts.at(-2) ?? ""}[${last}]` : last;
}
function follow(root, pointer) {
    let tree = root;
    for (const segment of pointer.split("/").slice(1).map(form_unescape)) {
        const next = tree.type === "list" ? tree.items[Number(segment)] : (0,definition_tree/* child */.jf)(tree, segment);
        if (next === undefined)
            return tree;
        tree = next;
    }
    return tree;
}
function keyPlace(tree, key) {
    return tree.type === "map" ? tree.entries.get(key)?.key : undefined;
}
function form_unescape(segment) {
    return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

;// CONCATENATED MODULE: ../src/definition/tests/read.js








const nothing = {
    repository: "acme/shop",
    collaborators: {},
    teams: {},
    labels: [],
    files: {},
    issues: [],
    pull_requests: [],
    required_checks: {},
};
/** Reads a test file, YAML or JSON: its cases, or all that is wrong with its form, with places. Never throws. */
function readTests(text, path) {
    const source = new definition_source/* Source */.k(text, path);
    const problems = new definition_problems/* Problems */.Z(source);
    const top = (0,yaml/* readYaml */.g)(problems);
    if (top === null)
        return { problems: problems.list() };
    checkForm(top, problems);
    if (problems.any)
        return { problems: problems.list() };
    const listed = (0,definition_tree/* child */.jf)(top, "cases");
    const shared = (0,definition_tree/* mapOf */.A7)(top) ?? top;
    const trees = listed?.type === "list" ? listed.items.flatMap((item) => (0,definition_tree/* mapOf */.A7)(item) ?? []) : [top];
    const cases = trees.flatMap((tree) => readCase(tree, shared, problems) ?? []);
    return problems.any ? { problems: problems.list() } : { cases };
}
function readCase(tree, shared, problems) {
    const { source } = problems;
    const wrong = (place, message, hint) => {
        const problem = {
            code: "HOS810",
            message,
            position: source.position(place.start),
            ...(hint === undefined ? {} : { hint }),
        };
        problems.take(problem);
    };
    const given = (key) => (0,definition_tree/* child */.jf)(tree, key) ?? (0,definition_tree/* child */.jf)(shared, key);
    const workflow = (0,definition_tree/* textOf */.b6)(given("workflow"));
    const expect = given("expect");
    if (workflow === undefined)
        wrong(tree, 'the key "workflow" is missing', "Name the workflow that is tested.");
    if (expect === undefined)
        wrong(tree, 'the key "expect" is missing', "Say what the workflow is to come to, as expect: {state: completed}.");
    for (const answer of answersIn(given("answers")))
        checkAnswer(answer, wrong);
    if (workflow === undefined || expect === undefined || problems.any)
        return null;
    // Without a list of cases the file is the only one.
    const own = tree === shared ? undefined : (0,definition_tree/* mapOf */.A7)((0,definition_tree/* child */.jf)(tree, "github"));
    const base = (0,definition_tree/* mapOf */.A7)((0,definition_tree/* child */.jf)(shared, "github"));
    const answers = { ...objectOf((0,definition_tree/* child */.jf)(shared, "answers")), ...objectOf((0,definition_tree/* child */.jf)(tree, "answers")) };
    return {
        name: (0,definition_tree/* textOf */.b6)((0,definition_tree/* child */.jf)(tree, "name")) ?? workflow,
        path: source.path,
        workflow,
        places: placesOf([shared, tree], tree, source),
        event: readTestEvent(given("event")),
        input: { ...objectOf((0,definition_tree/* child */.jf)(shared, "input")), ...objectOf((0,definition_tree/* child */.jf)(tree, "input")) },
        github: readGitHub(objectOf(base), objectOf(own)),
        answers: answers,
        crash: wordsOf(given("crash")),
        timeMs: (0,duration/* durationMs */.p)((0,definition_tree/* textOf */.b6)(given("time")) ?? null),
        expect: objectOf(expect),
    };
}
function wordsOf(tree) {
    const value = tree === undefined ? [] : (0,definition_tree/* toJson */.aB)(tree);
    return [value].flat().filter((word) => typeof word === "string");
}
function objectOf(tree) {
    const value = tree === undefined ? {} : (0,definition_tree/* toJson */.aB)(tree);
    return (0,json/* isObject */.G)(value) ? value : {};
}
/** Lists and maps of the case are added to the file's; an empty list and single values replace them. */
function readGitHub(base, own) {
    const merged = { ...nothing };
    for (const layer of [base, own]) {
        for (const [key, value] of Object.entries(layer)) {
            const known = merged[key];
            if ((0,json/* isObject */.G)(value) && (0,json/* isObject */.G)(known))
                merged[key] = { ...known, ...value };
            else if (Array.isArray(value) && value.length > 0 && Array.isArray(known))
                merged[key] = [...known, ...value];
            else
                merged[key] = value;
        }
    }
    return merged;
}
function readTestEvent(tree) {
    if (tree === undefined)
        return null;
    const name = (0,definition_tree/* textOf */.b6)(tree);
    if (name !== undefined)
        return { name, payload: {} };
    const [entry] = Object.entries(objectOf(tree));
    if (!entry)
        return null;
    const [named, payload] = entry;
    return { name: named, payload: (0,json/* isObject */.G)(payload) ? payload : {} };
}
function answersIn(tree) {
    return [...((0,definition_tree/* mapOf */.A7)(tree)?.entries.values() ?? [])].flatMap(({ value }) => value.type === "list" ? value.items.flatMap((item) => (0,definition_tree/* mapOf */.A7)(item) ?? []) : ((0,definition_tree/* mapOf */.A7)(value) ?? []));
}
/** What an answer does; exactly one of these is in it. */
const answerDeeds = [
    "output",
    "fail",
    "approve",
    "reject",
    "pull_request",
    "event",
    "checks",
    "run",
    "comments",
    "labels",
    "unlabels",
    "assigns",
    "closes",
    "reopens",
    "merges",
    "pushes",
    "reviews",
    "clicks",
];
const failureClasses = new Set(["transient", "timeout", "error"]);
const byPerson = new Set(answerDeeds.slice(8));
function checkAnswer(tree, wrong) {
    const done = answerDeeds.filter((deed) => tree.entries.has(deed));
    const [deed] = done;
    if (done.length !== 1 || deed === undefined) {
        const has = done.length === 0 ? "has none" : `has ${done.join(" and ")}`;
        wrong(tree, `an answer does exactly one thing, this one ${has}`, `One of ${answerDeeds.join(", ")}.`);
        return;
    }
    const failure = (0,definition_tree/* textOf */.b6)(tree.entries.get("fail")?.value);
    if (failure !== undefined && !tree.entries.has("by") && !failureClasses.has(failure))
        wrong(tree, `fail is transient, timeout, error, or a map, not "${(0,limits/* short */.h0)(failure)}"`, "A person's reason says whose it is: by: LOGIN.");
    if (byPerson.has(deed) && !tree.entries.has("as"))
        wrong(tree, `"${deed}" is something that a person does`, "Say who: as: LOGIN.");
}
/** Positions of the keys of the case and, where it lacks them, of the file; two levels deep. */
function placesOf(trees, tree, source) {
    const places = Object.create(null);
    for (const each of trees) {
        for (const [key, { key: place, value }] of each.entries) {
            places[key] = source.position(place.start);
            for (const [inner, entry] of (0,definition_tree/* mapOf */.A7)(value)?.entries ?? []) {
                places[`${key}.${inner}`] = source.position(entry.key.start);
            }
        }
    }
    places[""] = source.position(tree.start);
    return { ...places };
}

// EXTERNAL MODULE: ../src/core/locate.js
var locate = __webpack_require__(8367);
;// CONCATENATED MODULE: ../src/definition/tests/steps.js


/** Every step by its path without indexes, those of child workflows included. */
function namedSteps(workflow, prefix = "", depth = 0) {
    const found = new Map();
    for (const [path, { step }] of (0,locate/* allSteps */.Bd)(workflow)) {
        found.set(prefix + path, { step, workflow });
        const child = step.kind.kind === "workflow" ? workflow.children.get(step.kind.workflow) : undefined;
        // No definition calls itself; a bound costs nothing.
        if (child && depth < 20) {
            for (const [inner, named] of namedSteps(child, `${prefix}${path}/`, depth + 1))
                found.set(inner, named);
        }
    }
    return found;
}
/** The path that a name means: itself, or the only step of that id; null for none. Indexes stay. */
function pathOf(name, steps) {
    if (steps.has((0,locate/* staticPath */.cl)(name)))
        return name;
    if (name.includes("/"))
        return null;
    const index = name.slice((0,locate/* staticPath */.cl)(name).length);
    const [only, second] = [...steps.keys()].filter((path) => (0,locate/* idOf */.TH)(path) === (0,locate/* staticPath */.cl)(name));
    return only !== undefined && second === undefined ? only + index : null;
}
/** The entry for a visit of a step: by its path, without indexes, or by its id; each with `#visit` first. */
function entryFor(entries, path, visit) {
    for (const name of [path, staticPath(path), idOf(path)]) {
        for (const key of [`${name}#${visit}`, name]) {
            const value = own(entries, key);
            if (value !== undefined)
                return { key, value };
        }
    }
    return null;
}

;// CONCATENATED MODULE: ../src/definition/tests/check.js





/** What is wrong with a case, seen with the workflow that it tests: names of steps, forms of answers, the event. */
function checkCase(test, workflow, checks) {
    const steps = namedSteps(workflow);
    const found = [];
    const add = (code, at, message, hint) => {
        const position = test.places[at] ?? test.places[at.split(".")[0] ?? ""] ?? test.places[""];
        found.push({
            code,
            message,
            path: test.path,
            ...(position && { position }),
            ...(hint !== undefined && { hint }),
        });
    };
    const unknown = (name, at) => add("HOS812", at, `the workflow "${workflow.name}" has no step "${name}"`, (0,nearest/* didYouMean */.a)(name, [...steps.keys()]) ?? `Its steps: ${[...steps.keys()].join(", ")}.`);
    for (const [key, given] of Object.entries(test.answers)) {
        const at = `answers.${key}`;
        const path = pathOf(key.replace(/#\d+$/, ""), steps);
        const named = path === null ? undefined : steps.get(path.replaceAll(/\[\d*\]/g, ""));
        if (!named) {
            unknown(key, at);
            continue;
        }
        for (const answer of Array.isArray(given) ? given : [given]) {
            const problem = misfit(named, path ?? "", answer, checks);
            if (problem)
                add(problem.code, at, `${key}: ${problem.message}`, problem.hint);
        }
    }
    for (const name of test.crash)
        if (pathOf(name, steps) === null)
            unknown(name, "crash");
    const { steps: expected = [] } = test.expect;
    const names = Array.isArray(expected)
        ? expected.map((item) => typeof item === "string" ? item : (Object.keys(item)[0] ?? ""))
        : Object.keys(expected);
    for (const name of names)
        if (pathOf(name, steps) === null)
            unknown(name, "expect.steps");
    if (test.event)
        checkEvent(test.event.name, (message, hint) => add("HOS815", "event", message, hint));
    return found;
}
function checkEvent(name, wrong) {
    const [event = "", action] = name.split(".");
    if (event === "schedule" || event === "dispatch")
        return;
    const actions = catalogue_generated/* webhookEvents */.N.get(event);
    if (actions === undefined) {
        wrong(`"${event}" is no event that GitHub delivers`, (0,nearest/* didYouMean */.a)(event, [...catalogue_generated/* webhookEvents */.N.keys(), "schedule"]));
    }
    else if (action === undefined && actions.length > 0) {
        wrong(`the event "${event}" needs its action`, `As ${event}.${actions[0] ?? ""}.`);
    }
    else if (action !== undefined && !actions.includes(action)) {
        wrong(`the event "${event}" is never sent as "${action}"`, (0,nearest/* didYouMean */.a)(action, actions) ?? `Its actions: ${actions.join(", ")}.`);
    }
}
/** What a step of the kind can be answered with, besides what people do meanwhile. */
const fitting = {
    agent: ["output", "fail", "pull_request"],
    action: ["output", "fail", "run"],
    approval: ["approve", "reject"],
    wait_for: ["event"],
    wait_for_checks: ["checks", "output", "fail"],
    wait_for_pull_request: [],
    delay: [],
    workflow: [],
    parallel: [],
    steps: [],
};
const check_inWords = {
    agent: "an agent",
    action: "an action",
    approval: "an approval",
    wait_for: "a wait for an event",
    wait_for_checks: "a wait for checks",
    wait_for_pull_request: "a wait for a pull request",
    delay: "a delay",
    workflow: "a child workflow",
    parallel: "a parallel",
    steps: "a group",
};
function misfit({ step, workflow }, path, answer, checks) {
    const { kind } = step;
    const deed = answerDeeds.find((each) => answer[each] !== undefined);
    if (deed === undefined)
        return null;
    const own = fitting[kind.kind];
    if (own.length === 0 && kind.kind !== "wait_for_pull_request") {
        const inner = kind.kind === "workflow" || kind.kind === "parallel" || kind.kind === "steps";
        return {
            code: "HOS813",
            message: `the step is ${check_inWords[kind.kind]}, which nobody answers`,
            hint: inner ? `Answer the steps in it, as ${path}/STEP.` : "Its time passes by itself.",
        };
    }
    const isDeed = answer.as !== undefined;
    if (!isDeed && !own.includes(deed)) {
        return {
            code: "HOS813",
            message: `the step is ${check_inWords[kind.kind]}; "${deed}" does not answer it`,
            hint: `It takes ${[...own, "or something that somebody does (as: LOGIN)"].join(", ")}.`,
        };
    }
    if (kind.kind !== "agent")
        return null;
    const agent = workflow.agents.get(kind.agent) ?? checks.roles.get(kind.agent);
    if (agent === undefined)
        return null;
    if (deed === "pull_request" && agent.produces !== "pull_request") {
        return { code: "HOS813", message: `the agent ${agent.name} does not produce a pull request` };
    }
    if (deed !== "output" || agent.outputSchema === null || agent.produces === "pull_request")
        return null;
    const checked = checkOnce(agent.outputSchema, answer.output ?? null, checks);
    if (!("errors" in checked))
        return null;
    const needs = (0,json/* isObject */.G)(agent.outputSchema["properties"])
        ? Object.keys(agent.outputSchema["properties"]).join(", ")
        : "";
    return {
        code: "HOS814",
        message: `the output of ${agent.name} ${checked.errors.join("; ")}`,
        ...(needs === "" ? {} : { hint: `It gives ${needs}.` }),
    };
}
/** Compiling a schema takes milliseconds, and the cases of a file mostly give the same answers. */
const known = new WeakMap();
function checkOnce(schema, output, checks) {
    const ofSchema = known.get(schema) ?? new Map();
    known.set(schema, ofSchema);
    const key = JSON.stringify(output);
    const checked = ofSchema.get(key) ?? checks.against(schema, output);
    ofSchema.set(key, checked);
    return checked;
}

;// CONCATENATED MODULE: ../src/definition/tests/place.js
/** A problem at the place of a key of the case, or the nearest place that is known. */
function problemAt(test, at, problem) {
    const place = test.places[at] ?? test.places[at.split(".")[0] ?? ""] ?? test.places[""];
    return { ...problem, path: test.path, ...(place && { position: place }) };
}

;// CONCATENATED MODULE: ../src/definition/tests/check-file.js




/** What is wrong with a test file, as far as can be told without playing it. */
function checkTests(text, path, workflows, checks) {
    const read = readTests(text, path);
    if ("problems" in read)
        return read.problems;
    return read.cases.flatMap((test) => {
        const workflow = workflows.find(test.workflow);
        if (workflow === null)
            return [unknownWorkflow(test, workflows)];
        // Problems of the workflow are told with its own file.
        return workflow === "broken" ? [] : checkCase(test, workflow, checks);
    });
}
/** The problem of a case whose workflow is not there. */
function unknownWorkflow(test, { folder, stems }) {
    const hint = (0,nearest/* didYouMean */.a)(test.workflow, stems);
    return problemAt(test, "workflow", {
        code: "HOS811",
        message: `there is no workflow "${test.workflow}" in ${folder}`,
        ...(hint === undefined ? {} : { hint }),
    });
}

;// CONCATENATED MODULE: ../src/definition/tests/index.js







/***/ }),

/***/ 8047:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Y: () => (/* binding */ checkAgainst)
/* harmony export */ });
/* harmony import */ var node_vm__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(714);
/* harmony import */ var ajv__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3115);


/** A schema's pattern can make one short text take hours; this ends it. */
const timeLimitMs = 500;
const call = new node_vm__WEBPACK_IMPORTED_MODULE_0__.Script("check()");
const room = { check: () => null };
const context = (0,node_vm__WEBPACK_IMPORTED_MODULE_0__.createContext)(room);
/** Compiling takes milliseconds; a schema is asked again and again. */
const kept = 200;
const compiled = new Map();
/** Whether `value` fits a JSON Schema (draft 7). Never throws and ends within a second. */
function checkAgainst(schema, value) {
    try {
        const validate = validatorOf(schema);
        if ("$async" in validate)
            return { result: "unusable", reason: "$async is not allowed" };
        room.check = () => validate(value);
        const valid = call.runInContext(context, { timeout: timeLimitMs });
        if (valid === true)
            return { result: "valid" };
        return { result: "invalid", errors: (validate.errors ?? []).slice(0, 10).map(describe) };
    }
    catch (error) {
        return { result: "unusable", reason: error instanceof Error ? error.message : String(error) };
    }
}
/** By the schema's text, since the same one comes from every copy of a definition. */
function validatorOf(schema) {
    const text = JSON.stringify(schema);
    const known = compiled.get(text);
    if (known)
        return known;
    // An instance per schema: two may carry the same $id. `$schema` may name a draft that is not loaded.
    const ajv = new ajv__WEBPACK_IMPORTED_MODULE_1__.Ajv({ strict: false, allErrors: true, ownProperties: true, logger: false });
    const { $schema: _draft, ...rest } = schema;
    const validate = ajv.compile(rest);
    compiled.set(text, validate);
    const [oldest] = compiled.keys();
    if (compiled.size > kept && oldest !== undefined)
        compiled.delete(oldest);
    return validate;
}
function describe(error) {
    const place = error.instancePath === "" ? "" : `${error.instancePath.slice(1).replaceAll("/", ".")} `;
    const { allowedValues, additionalProperty } = error.params;
    if (Array.isArray(allowedValues))
        return `${place}must be one of ${allowedValues.map(String).join(", ")}`;
    const extra = typeof additionalProperty === "string" ? ` ("${additionalProperty}")` : "";
    return `${place}${error.message ?? "is not valid"}${extra}`;
}


/***/ }),

/***/ 2339:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Yo: () => (/* reexport */ check/* checkAgainst */.Y),
  Wp: () => (/* reexport */ parseAnswer),
  Yi: () => (/* reexport */ readyAnswer)
});

// EXTERNAL MODULE: ../src/engine/answer/check.js
var check = __webpack_require__(8047);
// EXTERNAL MODULE: ../../../yaml/dist/index.js
var dist = __webpack_require__(9171);
// EXTERNAL MODULE: ../src/core/json.js
var json = __webpack_require__(6527);
// EXTERNAL MODULE: ../src/core/nearest.js
var nearest = __webpack_require__(3975);
;// CONCATENATED MODULE: ../src/engine/answer/json.js
const maxDepth = 50;
/**
 * The value as JSON can hold it. YAML knows more (.inf, .nan, maps as keys), and JSON.parse makes 1e999 an
 * Infinity that is saved as null. Throws a TypeError for what has no place in JSON or is nested too deep.
 */
function toJson(value, depth = 0) {
    if (depth > maxDepth)
        throw new TypeError(`it is nested deeper than ${maxDepth}`);
    if (value === null || typeof value === "string" || typeof value === "boolean")
        return value;
    if (typeof value === "number" && Number.isFinite(value))
        return value;
    if (Array.isArray(value))
        return value.map((item) => toJson(item, depth + 1));
    if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
        // `fromEntries` makes `__proto__` an own property; an assignment would not.
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, depth + 1)]));
    }
    throw new TypeError(typeof value === "number" ? `${value} has no place in JSON` : `JSON has no ${typeof value} like this`);
}

// EXTERNAL MODULE: ../src/engine/answer/schema.js
var answer_schema = __webpack_require__(5064);
;// CONCATENATED MODULE: ../src/engine/answer/coerce.js



/**
 * The typed value that a person's `text` means under `schema`, or undefined where none of its types can be meant.
 * Only the form is decided here; bounds and patterns are the validator's.
 */
function coerce(text, schema, quoted) {
    const values = (0,answer_schema/* enumOf */.VE)(schema);
    if (values !== null)
        return chosen(text, values);
    const types = (0,answer_schema/* typesOf */.pl)(schema);
    if (types.length === 0)
        return quoted ? text : guess(text);
    // Text takes anything, so that ["string", "null"] reads `null` as null it comes last.
    const ordered = types.toSorted((a, b) => Number(a === "string") - Number(b === "string"));
    for (const type of ordered) {
        if (quoted && type !== "string" && types.includes("string"))
            continue;
        const value = toType(text, type, schema);
        if (value !== undefined)
            return value;
    }
    return undefined;
}
function chosen(text, values) {
    const spelled = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
    const exact = spelled.indexOf(text);
    if (exact >= 0)
        return values[exact];
    const alike = spelled.flatMap((one, index) => (one.toLowerCase() === text.toLowerCase() ? [index] : []));
    return alike.length === 1 ? values[alike[0] ?? 0] : undefined;
}
const words = new Map([
    ["true", true],
    ["false", false],
    ["null", null],
]);
function guess(text) {
    if (words.has(text))
        return words.get(text) ?? null;
    // A commit such as 0012345 or a number too long to hold stays text.
    const value = toNumber(text, false);
    return value !== undefined && String(value) === text ? value : text;
}
const booleans = new Map([
    ["true", true],
    ["yes", true],
    ["false", false],
    ["no", false],
]);
function toType(text, type, schema) {
    switch (type) {
        case "string":
            return text;
        case "integer":
        case "number":
            return toNumber(text, type === "integer");
        case "boolean":
            return booleans.get(text.toLowerCase());
        case "null":
            return text === "null" || text === "" ? null : undefined;
        case "array":
            return toArray(text, schema);
        case "object": {
            const value = fromJson(text);
            return (0,json/* isObject */.G)(value) ? value : undefined;
        }
        default:
            return undefined;
    }
}
function toNumber(text, whole) {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
        return undefined;
    const value = Number(text);
    return Number.isFinite(value) && (!whole || Number.isSafeInteger(value)) ? value : undefined;
}
function toArray(text, schema) {
    const given = fromJson(text);
    if (Array.isArray(given))
        return given;
    const inner = text.trim().replace(/^\[([^]*)\]$/, "$1");
    if (inner.trim() === "")
        return [];
    const items = (0,json/* own */.Z)(schema, "items");
    const itemSchema = (0,json/* isObject */.G)(items) ? items : {};
    const list = [];
    for (const part of inner.split(",")) {
        const value = coerce(part.trim(), itemSchema, false);
        if (value === undefined)
            return undefined;
        list.push(value);
    }
    return list;
}
function fromJson(text) {
    try {
        return toJson(JSON.parse(text));
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ../src/engine/answer/words.js
var answer_words = __webpack_require__(7754);
;// CONCATENATED MODULE: ../src/engine/answer/parse.js








/** A comment's length on GitHub. */
const maxLength = 65_536;
const maxProblems = 10;
/** What `readyAnswer` leaves for a person to fill in. */
const placeholder = "…";
/**
 * Reads a person's answer to a step: the words behind `/hishamos done STEP` and, or null, the YAML right below the
 * command (with or without its code fence). What it accepts fits `outputSchema`. Without a schema `key=value` words
 * are taken as they are and any other text becomes `{ text }`, as from a model. Never throws.
 */
function parseAnswer(words, block, outputSchema) {
    if (words.length + (block?.length ?? 0) > maxLength) {
        return { problems: [{ code: "HOS631", message: `the answer is longer than ${maxLength} characters.` }] };
    }
    const split = (0,answer_words/* splitWords */.y)(words);
    const yaml = block === null || block.trim() === "" ? { entries: [] } : readBlock(block);
    if (outputSchema === null && "entries" in yaml && yaml.entries.length === 0) {
        const bare = words.trim() !== "" && ("problem" in split || split.words.some((word) => word.key === null));
        if (bare)
            return { values: { text: words.trim() } };
    }
    const values = new Map();
    const problems = [];
    if ("problem" in split)
        problems.push(split.problem);
    else
        for (const problem of takeWords(split.words, outputSchema, values))
            problems.push(problem);
    if ("problem" in yaml)
        problems.push(yaml.problem);
    else {
        for (const [key, value] of yaml.entries) {
            if (values.has(key))
                problems.push(twice(key));
            values.set(key, value);
        }
    }
    if (outputSchema === null)
        return problems.length > 0 ? told(problems) : { values: toObject(values) };
    return judge(values, problems, outputSchema);
}
function takeWords(words, schema, values) {
    const properties = (0,answer_schema/* propertiesOf */.P1)(schema);
    const problems = [];
    let previous = null;
    for (const { key, value, quoted } of words) {
        if (key === null) {
            problems.push(bareWord(value, previous));
            continue;
        }
        previous = key;
        const wanted = properties.get(key) ?? {};
        const typed = coerce(value, wanted, quoted);
        if (values.has(key))
            problems.push(twice(key));
        else if (value === placeholder)
            problems.push(unfilled(key));
        else if (typed === undefined)
            problems.push(wrongValue(key, value, wanted));
        // A wrong value still counts as given, so that it is not also called missing.
        values.set(key, typed ?? null);
    }
    return problems;
}
function judge(values, problems, schema) {
    const properties = (0,answer_schema/* propertiesOf */.P1)(schema);
    const unknown = (0,answer_schema/* isClosed */.Lx)(schema) ? [...values.keys()].filter((key) => !properties.has(key)) : [];
    for (const key of unknown) {
        const known = [...properties.keys()];
        const close = (0,nearest/* nearest */.p)(key, known);
        problems.push({
            code: "HOS633",
            message: `unknown key "${key.slice(0, 80)}".`,
            hint: close === undefined ? `Known keys: ${known.join(", ")}.` : `Did you mean "${close}"?`,
        });
    }
    for (const key of (0,answer_schema/* requiredOf */.VU)(schema).filter((name) => !values.has(name))) {
        const wanted = (0,answer_schema/* describeValue */.bp)(properties.get(key) ?? {});
        problems.push({ code: "HOS634", message: `"${key}" is missing.`, hint: `It takes ${wanted}: ${key}=….` });
    }
    if (problems.length > 0)
        return told(problems);
    const answer = toObject(values);
    const checked = (0,check/* checkAgainst */.Y)(schema, answer);
    switch (checked.result) {
        case "valid":
            return { values: answer };
        case "invalid":
            return { problems: checked.errors.map((message) => ({ code: "HOS635", message: `${message}.` })) };
        case "unusable":
            return {
                problems: [
                    {
                        code: "HOS636",
                        message: `the step's output_schema can't be used: ${checked.reason}.`,
                        hint: "Correct the agent's output_schema, then retry the step with `retry latest`.",
                    },
                ],
            };
        default:
            return checked;
    }
}
function readBlock(block) {
    try {
        const document = (0,dist/* parseDocument */.Tp)(withoutFence(block), { logLevel: "silent", uniqueKeys: true });
        const [error] = document.errors;
        if (error !== undefined)
            return badYaml(error.message.split("\n")[0] ?? "");
        // Aliases have no use in an answer, and a few lines of them unfold to gigabytes.
        const value = toJson(document.toJS({ maxAliasCount: 0 }));
        if (!(0,json/* isObject */.G)(value))
            return badYaml("it is not a map of key: value");
        return { entries: Object.entries(value) };
    }
    catch (error) {
        // The parser's own stack ends at a few thousand nested brackets; aliases are refused by a throw.
        return badYaml(error instanceof Error ? error.message : String(error));
    }
}
/** The first ones: they are told in a comment. */
function told(problems) {
    return { problems: problems.slice(0, maxProblems) };
}
function withoutFence(block) {
    const lines = block.trim().split(/\r?\n/);
    const fence = /^(`{3,}|~{3,})/.exec(lines[0] ?? "")?.[1];
    if (fence === undefined)
        return block;
    return lines.slice(1, lines.at(-1)?.trim() === fence ? -1 : undefined).join("\n");
}
/** `fromEntries` makes `__proto__` an own property; an assignment would not. */
function toObject(values) {
    return Object.fromEntries(values);
}
function badYaml(reason) {
    const message = `the block below the command is not usable YAML: ${reason}`;
    return { problem: { code: "HOS637", message, hint: "Write one `key: value` in each line." } };
}
function bareWord(word, previous) {
    const hint = previous === null ? "Write key=value." : `Put quotes around a value with spaces: ${previous}="…".`;
    return { code: "HOS632", message: `"${word.slice(0, 80)}" has no key.`, hint };
}
function twice(key) {
    return { code: "HOS632", message: `"${key.slice(0, 80)}" is given twice.`, hint: "Keep one of them." };
}
function unfilled(key) {
    return { code: "HOS634", message: `"${key}" still says ${placeholder}.`, hint: "Put your answer there." };
}
function wrongValue(key, value, wanted) {
    return {
        code: "HOS635",
        message: `"${key}" takes ${(0,answer_schema/* describeValue */.bp)(wanted)}, not "${value.slice(0, 80)}".`,
    };
}

;// CONCATENATED MODULE: ../src/engine/answer/render.js


/**
 * The command that answers a step, to be copied and filled in: `/hishamos done triage severity=3 summary="…"`.
 * It names the required keys, or all where none is required; `parseAnswer` refuses a `…` that was left.
 */
function readyAnswer(stepId, outputSchema) {
    const properties = (0,answer_schema/* propertiesOf */.P1)(outputSchema);
    const required = (0,answer_schema/* requiredOf */.VU)(outputSchema);
    const names = required.length > 0 ? required : [...properties.keys()];
    const words = names.map((name) => `${name}=${example(properties.get(name) ?? {})}`);
    return ["/hishamos done", stepId, ...words].join(" ");
}
function example(schema) {
    const examples = (0,json/* own */.Z)(schema, "examples");
    const named = (0,json/* own */.Z)(schema, "default") ?? (Array.isArray(examples) ? examples[0] : undefined);
    if (named !== undefined)
        return written(named);
    const first = (0,answer_schema/* enumOf */.VE)(schema)?.[0];
    if (first !== undefined)
        return written(first);
    switch ((0,answer_schema/* typesOf */.pl)(schema)[0] ?? "string") {
        case "integer":
        case "number":
            return String(numberIn(schema));
        case "boolean":
            return "true";
        case "array":
            return listExample(schema);
        case "object":
            return "{}";
        default:
            return '"…"';
    }
}
/** The middle of a closed range, so that nobody is led to the lowest or highest. */
function numberIn(schema) {
    const least = (0,json/* own */.Z)(schema, "minimum");
    const most = (0,json/* own */.Z)(schema, "maximum");
    if (typeof least === "number" && typeof most === "number")
        return Math.floor((least + most) / 2);
    if (typeof least === "number")
        return least;
    return typeof most === "number" ? most : 1;
}
function written(value) {
    if (typeof value !== "string")
        return JSON.stringify(value);
    return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}
function listExample(schema) {
    const items = (0,json/* own */.Z)(schema, "items");
    return (0,json/* isObject */.G)(items) ? example(items) : '"…"';
}

;// CONCATENATED MODULE: ../src/engine/answer/index.js





/***/ }),

/***/ 5064:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Lx: () => (/* binding */ isClosed),
/* harmony export */   P1: () => (/* binding */ propertiesOf),
/* harmony export */   VE: () => (/* binding */ enumOf),
/* harmony export */   VU: () => (/* binding */ requiredOf),
/* harmony export */   bp: () => (/* binding */ describeValue),
/* harmony export */   pl: () => (/* binding */ typesOf)
/* harmony export */ });
/* harmony import */ var _core_json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6527);

/** The properties an output schema declares, by name. */
function propertiesOf(schema) {
    const properties = schema === null ? undefined : (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "properties");
    if (!(0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .G)(properties))
        return new Map();
    return new Map(Object.entries(properties).map(([name, value]) => [name, (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .G)(value) ? value : {}]));
}
/** Names of the properties an answer must have. */
function requiredOf(schema) {
    const required = schema === null ? undefined : (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "required");
    return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}
/** Keywords by which a schema can name properties outside its own `properties`. */
const elsewhere = ["patternProperties", "allOf", "anyOf", "oneOf", "if", "$ref"];
/** Whether keys that `properties` does not name are refused: always, unless the schema speaks of them. */
function isClosed(schema) {
    const additional = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "additionalProperties");
    const open = additional === true || (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .G)(additional) || elsewhere.some((key) => (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, key) !== undefined);
    return !open && (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "properties") !== undefined;
}
/** The schema's types, as `["integer", "null"]`; empty for any. */
function typesOf(schema) {
    const type = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "type");
    if (typeof type === "string")
        return [type];
    return Array.isArray(type) ? type.filter((one) => typeof one === "string") : [];
}
function enumOf(schema) {
    const values = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "enum");
    if (Array.isArray(values))
        return values;
    const constant = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "const");
    return constant === undefined ? null : [constant];
}
const typeWords = new Map([
    ["integer", "a whole number"],
    ["number", "a number"],
    ["boolean", "true or false"],
    ["string", "text"],
    ["array", "a list, as a,b"],
    ["object", "a JSON object"],
    ["null", "null"],
]);
/** What a value must be, for people: `a whole number from 1 to 5`, `approve or request_changes`. */
function describeValue(schema) {
    const values = enumOf(schema);
    if (values !== null)
        return values.map(plain).join(" or ");
    const words = typesOf(schema).map((type) => typeWords.get(type) ?? type);
    return `${words.length === 0 ? "any value" : words.join(" or ")}${range(schema)}`;
}
function range(schema) {
    const least = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "minimum");
    const most = (0,_core_json_js__WEBPACK_IMPORTED_MODULE_0__/* .own */ .Z)(schema, "maximum");
    if (typeof least === "number" && typeof most === "number")
        return ` from ${least} to ${most}`;
    if (typeof least === "number")
        return ` of at least ${least}`;
    return typeof most === "number" ? ` of at most ${most}` : "";
}
function plain(value) {
    return typeof value === "string" ? value : JSON.stringify(value);
}


/***/ }),

/***/ 7754:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   y: () => (/* binding */ splitWords)
/* harmony export */ });
/** Phones turn straight quotes into these. */
const closing = new Map([
    ['"', '"'],
    ["'", "'"],
    ["“", "”"],
    ["‘", "’"],
]);
const escapes = new Map([
    ["n", "\n"],
    ["t", "\t"],
]);
const keyPattern = /[A-Za-z_][A-Za-z0-9_.-]*=/y;
const wordPattern = /\S+/y;
const spacePattern = /\s*/y;
/** More is prose that lost its quotes. */
const maxWords = 256;
const tooMany = {
    code: "HOS631",
    message: `the answer has more than ${maxWords} words.`,
    hint: 'Put a text in quotes: key="…".',
};
/** Splits `severity=3 summary="a text" files=["a"]` into words; quotes and brackets count only where a value begins. */
function splitWords(text) {
    const words = [];
    let at = skip(spacePattern, text, 0);
    while (at < text.length) {
        if (words.length === maxWords)
            return { problem: tooMany };
        const afterKey = skip(keyPattern, text, at);
        const key = afterKey > at ? text.slice(at, afterKey - 1) : null;
        const first = text[afterKey] ?? "";
        const close = closing.get(first);
        if (close !== undefined) {
            const read = readQuoted(text, afterKey + 1, close, first === '"');
            if (read === null)
                return { problem: unclosed(key, first) };
            if (/\S/.test(text[read.end] ?? ""))
                return { problem: textAfterQuote(key) };
            words.push({ key, value: read.value, quoted: true });
            at = read.end;
        }
        else {
            const end = key !== null && "[{".includes(first) && first !== "" ? bracketEnd(text, afterKey) : null;
            const stop = end ?? skip(wordPattern, text, afterKey);
            words.push({ key, value: text.slice(afterKey, stop), quoted: false });
            at = stop;
        }
        at = skip(spacePattern, text, at);
    }
    return { words };
}
function skip(pattern, text, from) {
    pattern.lastIndex = from;
    return pattern.test(text) ? pattern.lastIndex : from;
}
function readQuoted(text, from, close, escaped) {
    let value = "";
    for (let at = from; at < text.length; at++) {
        const char = text[at] ?? "";
        if (char === close)
            return { value, end: at + 1 };
        const next = text[at + 1];
        if (escaped && char === "\\" && next !== undefined) {
            // `C:\temp` is more likely meant than a tab only before these, so any other backslash stays.
            const plain = next === '"' || next === "\\" ? next : escapes.get(next);
            value += plain ?? `\\${next}`;
            at++;
        }
        else
            value += char;
    }
    return null;
}
/** Where the bracket opened at `from` is closed again, followed by white space or the end; else null. */
function bracketEnd(text, from) {
    let depth = 0;
    let inString = false;
    for (let at = from; at < text.length; at++) {
        const char = text[at] ?? "";
        if (inString) {
            if (char === "\\")
                at++;
            else if (char === '"')
                inString = false;
        }
        else if (char === '"')
            inString = true;
        else if (char === "[" || char === "{")
            depth++;
        else if (char === "]" || char === "}") {
            depth--;
            if (depth === 0)
                return /\S/.test(text[at + 1] ?? "") ? null : at + 1;
        }
    }
    return null;
}
function unclosed(key, quote) {
    return {
        code: "HOS632",
        message: `the quote ${quote} ${key === null ? "" : `of "${key}" `}is never closed.`,
        hint: 'Write key="a text in one line", or a YAML block below the command.',
    };
}
function textAfterQuote(key) {
    return {
        code: "HOS632",
        message: `there is text right after the closing quote${key === null ? "" : ` of "${key}"`}.`,
        hint: 'A quote inside a value is written \\".',
    };
}


/***/ })

};
