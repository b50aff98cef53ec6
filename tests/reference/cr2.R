# Makes cr2.json: robust variance, degrees of freedom and limits of weighted means and regressions by clubSandwich.
#   Rscript tests/reference/cr2.R          (from the root of the clone)
suppressMessages({
  library(metafor)
  library(clubSandwich)
  library(metadat)
  library(jsonlite)
})
tight <- list(threshold = 1e-13, tol = 1e-13, stepadj = .5, maxiter = 5000)
sets <- list(
  hasselblad1998 = with(dat.hasselblad1998, data.frame(xi, ni, study, year, trt)),
  dong2013 = with(dat.dong2013[1:40, ], data.frame(xi = death, ni = randomized, study = id, trt = treatment))
)
cases <- list(
  c("hasselblad1998", "PLO", "REML", "~ 1"), c("hasselblad1998", "PLO", "DL", "~ 1"),
  c("hasselblad1998", "PAS", "REML", "~ 1"), c("dong2013", "PLO", "REML", "~ 1"), c("dong2013", "PFT", "PM", "~ 1"),
  c("hasselblad1998", "PLO", "REML", "~ trt"), c("hasselblad1998", "PLO", "REML", "~ trt + I(year - 1985)"),
  c("dong2013", "PLO", "ML", "~ trt"), c("dong2013", "PLO", "REML", "~ factor(study)")
)
rows <- lapply(cases, function(case) {
  data <- escalc(measure = case[2], xi = xi, ni = ni, data = sets[[case[1]]])
  fit <- rma(yi, vi, mods = as.formula(case[4]), data = data, method = case[3], control = tight)
  v <- vcovCR(fit, cluster = data$study, type = "CR2")
  found <- conf_int(fit, vcov = v, level = .95)
  list(data = case[1], measure = case[2], tau2_method = case[3], mods = case[4], tau2 = fit$tau2,
       design = unname(as.matrix(fit$X)), b = as.numeric(fit$b), se = found$SE, df = found$df,
       lower = found$CI_L, upper = found$CI_U, vcov = unname(as.matrix(v)))
})
versions <- c(R = paste(R.version$major, R.version$minor, sep = "."),
              sapply(c("metafor", "clubSandwich", "metadat"), function(p) as.character(packageVersion(p))))
content <- list(
  versions = as.list(versions),
  call = paste("fit <- rma(yi, vi, mods=, method=, control=list(threshold=1e-13, tol=1e-13, stepadj=.5, maxiter=5000)) of",
               "escalc(measure=, xi=, ni=); conf_int(fit, vcov = vcovCR(fit, cluster = study, type = \"CR2\"), level = .95)"),
  sets = lapply(sets, function(s) list(xi = s$xi, ni = s$ni, study = s$study)), cases = rows
)
writeLines(toJSON(content, auto_unbox = TRUE, digits = I(15), matrix = "rowmajor"), "tests/reference/cr2.json")
