export const id = 701;
export const ids = [701];
export const modules = {

/***/ 2701:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   run: () => (/* binding */ run)
/* harmony export */ });
async function run(job) {
    throw new Error(`run of ${job.inputs.workflow}`);
}


/***/ })

};
