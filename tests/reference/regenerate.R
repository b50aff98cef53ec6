# Computes the metafor numbers of this folder again and prints the largest deviation of each.
#   Rscript tests/reference/regenerate.R            (from the root of the clone)
# Needs metafor and jsonlite. Deviations are relative to the standard error for b, se and limits, to the value for the rest.
suppressMessages({
  library(metafor)
  library(jsonlite)
})
options(warn = -1)
folder <- "tests/reference"
read <- function(name) fromJSON(file.path(folder, paste0(name, ".json")), simplifyVector = FALSE)
sets <- read("datasets")$sets
number <- function(x) if (is.null(x)) NA_real_ else as.numeric(x)
rows <- function(content) lapply(content$rows, function(row) setNames(row, unlist(content$columns)))
worst <- list()
note <- function(what, deviation) {
  if (length(deviation) == 1 && is.finite(deviation)) worst[[what]] <<- c(worst[[what]], deviation)
}
counts <- function(name) list(xi = unlist(sets[[name]]$xi), ni = unlist(sets[[name]]$ni))
tight <- list(threshold = 1e-13, tol = 1e-13, stepadj = 0.5, maxiter = 5000)
fit <- function(row, control = tight) {
  d <- counts(row$dataset)
  arguments <- list(measure = row$measure, xi = d$xi, ni = d$ni, method = row$method, control = control)
  if (!is.null(row$test)) arguments$test <- row$test
  if (!is.null(row$level)) arguments$level <- row$level
  tryCatch(do.call(rma, arguments), error = function(e) NULL)
}

for (row in rows(read("escalc"))) {
  d <- counts(row$dataset)
  # PAS and PFT were recorded without a correction under only0, metafor's default for them. 3.8-1 has no PRZ.
  add <- if (row$measure %in% c("PAS", "PFT") && row$to == "only0") 0 else row$add
  effects <- tryCatch(
    escalc(measure = row$measure, xi = d$xi, ni = d$ni, add = add, to = row$to),
    error = function(e) NULL
  )
  if (is.null(effects)) next
  for (i in seq_along(row$yi)) {
    note("escalc yi", abs(as.numeric(effects$yi)[i] - number(row$yi[[i]])))
    note("escalc vi", abs(as.numeric(effects$vi)[i] / number(row$vi[[i]]) - 1))
  }
}

refused <- 0
for (row in rows(read("rma"))) {
  found <- fit(row)
  if (is.null(found)) {
    refused <- refused + 1
    next
  }
  se <- max(number(row$se), 1e-12)
  note("rma b", abs(c(found$b) - number(row$b)) / se)
  note("rma se", abs(found$se - number(row$se)) / se)
  note("rma ci.lb", abs(found$ci.lb - number(row$ci_lb)) / se)
  note("rma tau2, absolute", abs(found$tau2 - number(row$tau2)))
  note("rma QE", abs(found$QE - number(row$QE)) / max(number(row$QE), 1e-9))
  if (!is.null(row$loglik_ML)) note("rma loglik_ML", abs(found$fit.stats["ll", "ML"] - number(row$loglik_ML)))
  if (!is.null(row$pi_lb) && row$method != "FE") note("rma pi.lb", abs(predict(found)$pi.lb - number(row$pi_lb)) / se)
}
for (row in rows(read("confint"))) {
  if (row$type != "QP" || row$level != 95) next
  found <- fit(row)
  if (is.null(found)) next
  limits <- tryCatch(confint(found, control = list(tol = 1e-12, tau2.max = 1e6))$random[1, 2:3], error = function(e) NULL)
  if (is.null(limits)) next
  note("confint QP, absolute", max(abs(limits - c(number(row$tau2_lb), number(row$tau2_ub)))))
}

cat(sprintf("%s, metafor %s; %d fits refused\n", R.version.string, packageVersion("metafor"), refused))
for (what in names(worst)) {
  values <- worst[[what]]
  cat(sprintf("%-24s %6d numbers, largest deviation %.1e, median %.1e\n", what, length(values), max(values), median(values)))
}
