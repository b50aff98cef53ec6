# Makes pooled_rates.json: rates of four arms of published reviews, pooled by metafor (inverse variance, and rma.glmm) and
# by lme4.
#   Rscript tests/reference/pooled_rates.R          (from the root of the clone)
suppressMessages({
  library(metafor)
  library(metadat)
  library(lme4)
  library(jsonlite)
})
days <- dat.nielweise2008
sets <- list(
  hart1999_warfarin = list(xi = dat.hart1999$x1i, ti = dat.hart1999$t1i / 100),
  hart1999_control = list(xi = dat.hart1999$x2i, ti = dat.hart1999$t2i / 100),
  nielweise2008_coated = list(xi = days$x1i, ti = days$t1i / 1000),
  nielweise2008_control = list(xi = days$x2i, ti = days$t2i / 1000)
)

glmm <- list()
for (name in names(sets)) {
  d <- data.frame(x = sets[[name]]$xi, t = sets[[name]]$ti)
  d$study <- factor(seq_len(nrow(d)))
  by_glmer <- suppressMessages(suppressWarnings(glmer(
    x ~ 1 + (1 | study), offset = log(t), family = poisson, data = d, nAGQ = 25,
    control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5), tolPwrss = 1e-13)
  )))
  by_metafor <- suppressWarnings(rma.glmm(measure = "IRLN", xi = d$x, ti = d$t, nAGQ = 25))
  # With nAGQ > 1 lme4 gives the log-likelihood relative to the saturated model.
  saturated <- sum(dpois(d$x, d$x, log = TRUE))
  glmm[[name]] <- list(
    glmer = list(
      beta = fixef(by_glmer)[[1]], tau = attr(VarCorr(by_glmer)$study, "stddev")[[1]],
      se = sqrt(as.matrix(vcov(by_glmer))[1, 1]), log_likelihood = as.numeric(logLik(by_glmer)) + saturated
    ),
    rma.glmm = list(beta = c(by_metafor$beta), tau = sqrt(by_metafor$tau2), se = by_metafor$se)
  )
}

tight <- list(threshold = 1e-13, tol = 1e-13, stepadj = 0.5, maxiter = 5000)
rows <- list()
for (name in names(sets)) {
  d <- sets[[name]]
  for (measure in c("IR", "IRLN", "IRS", "IRFT")) {
    for (method in c("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")) {
      for (test in c("z", "t", "knha", "adhoc")) {
        found <- rma(measure = measure, xi = d$xi, ti = d$ti, method = method, test = test, control = tight)
        next_study <- predict(found)
        rows[[length(rows) + 1]] <- list(
          name, measure, method, test, c(found$beta), found$se, found$ci.lb, found$ci.ub, found$tau2, found$QE,
          found$I2, found$H2, next_study$pi.lb, next_study$pi.ub
        )
      }
    }
  }
}
limits <- list()
for (name in names(sets)) {
  for (measure in c("IR", "IRLN", "IRS", "IRFT")) {
    found <- rma(measure = measure, xi = sets[[name]]$xi, ti = sets[[name]]$ti, control = tight)
    low_high <- confint(found, control = list(tol = 1e-12, tau2.max = 1e6))$random[1, 2:3]
    limits[[length(limits) + 1]] <- list(name, measure, low_high[[1]], low_high[[2]])
  }
}
version <- function(name) as.character(packageVersion(name))
content <- list(
  versions = list(
    R = paste(R.version$major, R.version$minor, sep = "."), metafor = version("metafor"), lme4 = version("lme4"),
    metadat = version("metadat")
  ),
  call = paste(
    "rma(measure=, xi=, ti=, method=, test=, control=list(threshold=1e-13, tol=1e-13, stepadj=0.5, maxiter=5000));",
    "predict(); confint(control=list(tol=1e-12, tau2.max=1e6)); rma.glmm(measure=\"IRLN\", xi=, ti=, nAGQ=25);",
    "glmer(x ~ 1 + (1 | study), offset=log(t), family=poisson, nAGQ=25), bobyqa, rhoend=1e-12"
  ),
  sets = sets,
  glmm = glmm,
  columns = c("dataset", "measure", "method", "test", "b", "se", "ci_lb", "ci_ub", "tau2", "QE", "I2", "H2", "pi_lb", "pi_ub"),
  rows = rows,
  tau2_limits = limits
)
writeLines(toJSON(content, auto_unbox = TRUE, digits = I(15)), "tests/reference/pooled_rates.json")
