namespace FieldSupport.Domain.Refills;

/// <summary>
/// What the practice states about one fill of a pump in simple continuous mode (domain.md §1.6). Patient-level health data: it stays in the
/// practice workspace. Volumes in mL, concentration in mcg/mL, dose in mcg per 24 hours (flex dosing: the 24-hour total).
/// </summary>
public sealed record PumpFill
{
    /// <summary>The day the drug was put in; the stability limit runs from it.</summary>
    public required DateOnly FillDate { get; init; }

    /// <summary>Drug in the reservoir on <see cref="VolumeOn"/>, mL.</summary>
    public required decimal FillVolumeMl { get; init; }

    /// <summary>Low-reservoir alarm volume, mL: an input of each case, 2 mL where nothing is stated.</summary>
    public decimal AlarmVolumeMl { get; init; } = 2m;

    /// <summary>mcg/mL as in the pump, after any dilution.</summary>
    public required decimal ConcentrationMcgPerMl { get; init; }

    /// <summary>mcg per 24 hours.</summary>
    public required decimal DailyDoseMcg { get; init; }

    /// <summary>Reservoir size in mL; null when not stated, which is warned about.</summary>
    public decimal? ReservoirMl { get; init; }

    /// <summary>Whether the site diluted the drug, so that the concentration need not be one of the catalogue.</summary>
    public bool IsDiluted { get; init; }

    /// <summary>Low-reservoir date on the pump printout; it always overrides the calculation.</summary>
    public DateOnly? PrintoutLowReservoirOn { get; init; }

    /// <summary>The day <see cref="FillVolumeMl"/> was measured; null for the fill date itself.</summary>
    public DateOnly? VolumeOn { get; init; }

    /// <summary>
    /// The same fill after a dose change: counted from the volume that remained on the day of the change, while the stability limit still runs
    /// from the fill. A printout made before the change no longer applies.
    /// </summary>
    public PumpFill AfterDoseChange(DateOnly on, decimal remainingMl, decimal dailyDoseMcg) =>
        this with { VolumeOn = on, FillVolumeMl = remainingMl, DailyDoseMcg = dailyDoseMcg, PrintoutLowReservoirOn = null };
}

/// <summary>The product defaults of domain.md §1.5–1.6, all in days; each can be set.</summary>
/// <param name="MaxRefillIntervalDays">Longest time drug may stay in the pump; the document of the pump decides.</param>
/// <param name="RefillBufferDays">Target visit this many calendar days before refill_by.</param>
/// <param name="NeedByBufferDays">Need-by this many CLINIC days before the visit.</param>
/// <param name="ShortIntervalDays">An interval below this is warned about.</param>
/// <param name="PrintoutToleranceDays">A printout that differs by more than this is warned about.</param>
public sealed record RefillPolicy(
    int MaxRefillIntervalDays = 180, int RefillBufferDays = 7, int NeedByBufferDays = 2, int ShortIntervalDays = 14, int PrintoutToleranceDays = 3)
{
    /// <summary>The defaults.</summary>
    public static RefillPolicy Default { get; } = new();
}
