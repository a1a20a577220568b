export const id = 324;
export const ids = [324];
export const modules = {

/***/ 6324:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  caseToPlay: () => (/* binding */ caseToPlay),
  checkTests: () => (/* binding */ checkTests)
});

// EXTERNAL MODULE: ../src/definition/tests/index.js + 7 modules
var tests = __webpack_require__(8955);
// EXTERNAL MODULE: ../src/agents/roles.js
var roles = __webpack_require__(9533);
// EXTERNAL MODULE: ../src/engine/answer/index.js + 4 modules
var answer = __webpack_require__(2339);
;// CONCATENATED MODULE: ../src/sandbox/workflow-tests/checks.js


/** What answers in tests are held to here: the roles that ship, and the check that a real answer meets. */
function checks() {
    return { roles: (0,roles/* shippedRoles */.v)(), against: answer/* checkAgainst */.Yo };
}

;// CONCATENATED MODULE: ../src/cli/check-tests.js


/** What is wrong with a test file, as far as can be told without playing it. */
function checkTests(text, path, folder) {
    const workflows = {
        folder: folder.path,
        stems: folder.stems,
        find(name) {
            const found = folder.find(name);
            const source = found === null ? null : folder.text(found);
            if (found === null || source === null)
                return null;
            const loaded = folder.load(folder.repositoryPath(found), source);
            return "workflow" in loaded ? loaded.workflow : "broken";
        },
    };
    return (0,tests/* checkTests */.Yn)(text, path, workflows, checks());
}
/** The case with the workflow that it names and what this needs, or why there is none. */
function caseToPlay(test, folder) {
    const found = folder.find(test.workflow);
    const text = found === null ? null : folder.text(found);
    if (found === null || text === null)
        return (0,tests/* unknownWorkflow */.EX)(test, { folder: folder.path, stems: folder.stems });
    const path = folder.repositoryPath(found);
    const files = { ...folder.shared, ...Object.fromEntries(folder.filesFor(text, path)) };
    return { test, path, text, files };
}


/***/ })

};
