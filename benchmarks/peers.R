# Times metafor, and meta where it is installed, on the files of a folder: KEY.csv with analysis, events, n.
# Writes KEY-metafor.csv (effect, se, tau2, pi.lb, pi.ub of each analysis) and prints: key, software, seconds, analyses.
folder <- commandArgs(trailingOnly = TRUE)[1]
if (!requireNamespace("metafor", quietly = TRUE)) quit(status = 3)
suppressMessages(library(metafor))
has_meta <- requireNamespace("meta", quietly = TRUE)

reml <- function(d) {
  fit <- rma(measure = "PLO", xi = d$events, ni = d$n, method = "REML", test = "adhoc")
  told <- predict(fit)
  c(fit$beta, fit$se, fit$tau2, told$pi.lb, told$pi.ub)
}
dl <- function(d) {
  fit <- rma(measure = "PLO", xi = d$events, ni = d$n, method = "DL")
  c(fit$beta, fit$se, fit$tau2, NA, NA)
}
glmm <- function(d) {
  fit <- suppressWarnings(rma.glmm(measure = "PLO", xi = d$events, ni = d$n, test = "t"))
  c(fit$beta, fit$se, fit$tau2, NA, NA)
}
by_meta <- list(
  reml = function(d) meta::metaprop(d$events, d$n, method = "Inverse", method.tau = "REML", method.random.ci = "HK"),
  dl = function(d) meta::metaprop(d$events, d$n, method = "Inverse", method.tau = "DL"),
  glmm = function(d) meta::metaprop(d$events, d$n, method = "GLMM")
)
by_metafor <- list(reml = reml, dl = dl, glmm = glmm, leave = glmm)

# Seconds of one pass over all analyses: as many passes as take a twentieth of a second.
passes <- function(f, parts) {
  number <- 1
  repeat {
    start <- proc.time()[["elapsed"]]
    for (i in seq_len(number)) for (d in parts) f(d)
    taken <- proc.time()[["elapsed"]] - start
    if (taken >= 0.2 || number >= 4096) return(taken / number)
    number <- number * 2
  }
}

tell <- function(key, software, f, parts) {
  cat(key, software, passes(f, parts), length(parts), sep = "\t")
  cat("\n")
}

for (file in list.files(folder, pattern = "^[a-z-]+\\.csv$", full.names = TRUE)) {
  key <- sub("\\.csv$", "", basename(file))
  kind <- sub("-.*$", "", key)
  table <- read.csv(file)
  parts <- split(table, table$analysis)
  found <- t(sapply(parts, by_metafor[[kind]]))
  write.table(found, file.path(folder, paste0(key, "-metafor.txt")), row.names = FALSE, col.names = FALSE)
  tell(key, "metafor", by_metafor[[kind]], parts)
  if (has_meta && kind %in% names(by_meta)) tell(key, "meta", by_meta[[kind]], parts)
}
