"""Software that published proportions were pooled with: its settings, and where these are documented."""

from __future__ import annotations

from collections.abc import Mapping

#: What stands where no manual could be read.
_REPORTED = "as papers report it, not documented here"
_STATA_META = "https://www.stata.com/stata18/metaprev"
_METAFOR = "checked against metafor 3.8-1"

#: Name -> software and settings, and where that is documented; what is only said in many papers is marked so.
SOFTWARE: Mapping[str, tuple[str, str]] = {
    "meta2": ("R meta up to 2.3: metaprop's defaults (Freeman-Tukey, DL)", "help of metaprop, meta 2.3-0"),
    "meta3": (
        "R meta 3.0 to 4.9-1: metaprop's defaults (PLOGIT, Inverse, DL)",
        "help of metaprop, meta 3.0-1 and 4.9-1",
    ),
    "meta4": ("R meta up to 4: metaprop, method Inverse, method.tau DL (the default)", "help of metaprop, meta 4.9-6"),
    "meta5": ("R meta 5 and later: metaprop, method Inverse, method.tau REML (the default)", "NEWS of meta 5.0-0"),
    "meta-glmm": (
        "R meta: metaprop, method GLMM (the default of PLOGIT in recent versions)",
        "help of metaprop, meta 4.9-6",
    ),
    "meta": ("R meta: metaprop, method Inverse, with these settings", "as run with meta 8.4-0"),
    "meta-ivhet": ("R meta: metaprop, method.common.ci IVhet", "10.1016/j.cct.2015.05.009"),
    "metaxl": ("MetaXL", "10.1136/jech-2013-203104; 10.1016/j.cct.2015.05.009"),
    "metafor": ("R metafor: rma, with these settings", _METAFOR),
    "metafor-steps": ("R metafor: rma with its default control, and what calls it (meta, JASP, jamovi)", _METAFOR),
    "metafor-ee": ("R metafor: rma, method EE or FE", _METAFOR),
    "metafor-glmm": ("R metafor: rma.glmm, measure PLO", f"10.1002/sim.4040, {_METAFOR}"),
    "metafor-n": ("R metafor: rma, weights = ni", _METAFOR),
    "metafor-equal": ("R metafor: rma, weighted = FALSE", _METAFOR),
    "openmeta": ("OpenMeta[Analyst], which runs metafor", "10.18637/jss.v049.i05"),
    "jasp": ("JASP and jamovi (MAJOR), which run metafor", _REPORTED),
    "metaprop-stata": ("Stata metaprop", "10.1186/2049-3258-72-39"),
    "metaprop-cc": ("Stata metaprop, cc(0.5)", "source of metaprop.ado"),
    "metaprop-ftt": ("Stata metaprop or metaprop_one, ftt", "10.1186/2049-3258-72-39, source of metaprop.ado"),
    "metaprop-one": ("Stata metaprop_one, logit", "help of metaprop_one 1.2"),
    "metapreg": ("Stata metapreg", "help of metapreg 3.0.2"),
    "metan4": ("Stata metan 4 and later: proportion, with these settings", "help of metan_proportion 4.08"),
    "stata18": ("Stata 18 and later: meta esize with meta summarize, transform()", _STATA_META),
    "metan-odds": ("Stata metan or meta: log odds with standard errors typed in", _REPORTED),
    "metan": (
        "Stata metan or RevMan: proportions with standard errors typed in",
        "10.1186/2049-3258-72-39 (metan); RevMan as papers report it",
    ),
    "metan-limits": (
        "Stata metan, R metagen: proportions with their limits typed in, of which half the width is 1.96 se",
        "help of metan 4.02 (syntax ES lci uci)",
    ),
    "revman": (
        "RevMan: generic inverse variance of what was typed in, which has few digits",
        "Cochrane Handbook, chapter 10.3; that the digits are few is as papers report it",
    ),
    "revman-odds": ("RevMan: generic inverse variance of log odds typed in", _REPORTED),
    "cma": ("Comprehensive Meta-Analysis: event rate and sample size (logit event rate)", _REPORTED),
    "medcalc": (
        "MedCalc: Freeman-Tukey, fixed effects and DL (its way back is not documented)",
        "https://www.medcalc.org/manual/meta-analysis-proportion.php",
    ),
    "statsdirect": (
        "StatsDirect: Freeman-Tukey, fixed effects and DL (variance and way back are as papers report them)",
        "https://www.statsdirect.com/help/meta_analysis/proportion.htm",
    ),
    "sumari": ("JBI SUMARI: Freeman-Tukey, which follows Barendregt", "10.1097/XEB.0000000000000054"),
    "neyeloff": (
        "The spreadsheet of Neyeloff, which takes events for Poisson counts: se = sqrt(events)/n",
        "10.1186/1756-0500-5-52",
    ),
    "metarate": ("R metafor or meta: rates (IR, IRLN) with n as the time at risk", _METAFOR),
    "lme4": ("R lme4: glmer, binomial", "checked against lme4 1.1-31"),
    "sas": ("SAS NLMIXED or GLIMMIX, with k - 1 degrees of freedom", _REPORTED),
    "beta": (
        "Beta-binomial regression (R aod, VGAM; SAS; Stata)",
        "checked against an optimiser in R",
    ),
    "hunter": ("Hunter and Schmidt's mean weighted by n", "Hunter and Schmidt 2004, chapter 3"),
    "evidence": ("This program (evidence)", "evidence methods"),
    "hand": ("By hand, or a spreadsheet", _REPORTED),
}
