# Makes i2.json: limits of I2 and H2 from those of tau2, and from Q (Higgins and Thompson), by metafor.
#   Rscript tests/reference/i2.R          (from the root of the clone)
suppressMessages({
  library(metafor)
  library(jsonlite)
})
sets <- fromJSON("tests/reference/datasets.json", simplifyVector = FALSE)$sets
chosen <- c(
  "crisafulli2020", "dogliotti2014", "hasselblad1998", "kearon1998_sens", "nissen2007_mi", "pagliaro1992", "pritz1997",
  "syn_case_series15", "syn_huge_tiny", "syn_k2_plain", "syn_k4_moderate", "syn_under_dispersed", "ursino2021"
)
tight <- list(threshold = 1e-13, tol = 1e-13, stepadj = .5, maxiter = 5000)
rows <- list()
for (name in chosen) for (measure in c("PLO", "PFT")) for (case in list(
  c("DL", "HT", "95"), c("DL", "HT", "90"), c("DL", "QP", "95"), c("REML", "QP", "90"), c("REML", "PL", "95")
)) {
  counts <- list(xi = unlist(sets[[name]]$xi), ni = unlist(sets[[name]]$ni))
  fit <- rma(measure = measure, xi = xi, ni = ni, data = counts, method = case[1], control = tight)
  level <- as.numeric(case[3])
  control <- if (case[2] == "HT") list() else list(tol = 1e-12, tau2.max = 1e6)
  found <- tryCatch(confint(fit, type = case[2], level = level, control = control)$random, error = function(e) NULL)
  if (is.null(found)) next
  limits <- as.numeric(found[c("I^2(%)", "H^2"), c("ci.lb", "ci.ub")])
  rows[[length(rows) + 1]] <- list(name, measure, case[1], case[2], level / 100, limits[1] / 100, limits[3] / 100, limits[2], limits[4])
}
versions <- c(R = paste(R.version$major, R.version$minor, sep = "."), metafor = as.character(packageVersion("metafor")))
content <- list(
  versions = as.list(versions),
  call = paste("confint(rma(measure=, xi=, ni=, method=, control = tight), type=, level=,",
               "control = list(tol = 1e-12, tau2.max = 1e6)); I^2 as a fraction"),
  columns = c("dataset", "measure", "method", "type", "level", "i2_lower", "i2_upper", "h2_lower", "h2_upper"),
  rows = rows
)
writeLines(toJSON(content, auto_unbox = TRUE, digits = I(15), na = "null"), "tests/reference/i2.json")
