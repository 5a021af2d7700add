using System.Globalization;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Refills;

/// <summary>The dates that follow from one fill (domain.md §1.6).</summary>
public sealed record RefillDates
{
    /// <summary>Whole days from the volume's day to the alarm volume by calculation, rounded down; not capped.</summary>
    public required int DaysToAlarm { get; init; }

    /// <summary>Whole days to an empty reservoir: information only, never planned to.</summary>
    public required int DaysToEmpty { get; init; }

    /// <summary>Low-reservoir date by calculation.</summary>
    public required DateOnly CalculatedLowReservoirOn { get; init; }

    /// <summary>The low-reservoir date that counts: the printout's if there is one.</summary>
    public required DateOnly LowReservoirOn { get; init; }

    /// <summary>Whether <see cref="LowReservoirOn"/> comes from the pump printout.</summary>
    public required bool IsFromPrintout { get; init; }

    /// <summary>The last day the drug may stay in the pump.</summary>
    public required DateOnly StabilityLimitOn { get; init; }

    /// <summary>The earlier of low-reservoir date and stability limit.</summary>
    public DateOnly RefillByOn => IsCappedByStability ? StabilityLimitOn : LowReservoirOn;

    /// <summary>Whether the stability limit comes before the low-reservoir date.</summary>
    public bool IsCappedByStability => StabilityLimitOn < LowReservoirOn;

    /// <summary>The visit to aim for: the last CLINIC day on or before refill_by minus the buffer in calendar days.</summary>
    public DateOnly TargetVisitOn(ClinicCalendar clinic, int bufferDays = 7)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bufferDays);
        return clinic.Days.OnOrBefore(RefillByOn.AddDays(-bufferDays));
    }
}

/// <summary>Something to check that does not stop the calculation.</summary>
public sealed record RefillWarning(string Code, string Sentence);

/// <summary>Dates and warnings, or the refusals; <see cref="Dates"/> is null exactly when there is a refusal.</summary>
public sealed record RefillCalculation(RefillDates? Dates, IReadOnlyList<Refusal> Refusals, IReadOnlyList<RefillWarning> Warnings);

/// <summary>
/// Refill dates from what the practice states (domain.md §1.6): date arithmetic in exact decimals, no medical advice. Every refusal is named at
/// once, not only the first.
/// </summary>
public static class RefillArithmetic
{
    // Within these bounds products are exact in a decimal and a quotient never rounds up to a whole day.
    private const decimal MaxValue = 1_000_000m;
    private const int MaxDecimals = 6;

    private const int MaxDays = 36_500;
    private static readonly DateOnly EarliestFill = new(2000, 1, 1);
    private static readonly DateOnly LatestFill = new(2199, 12, 31);

    /// <summary>
    /// Calculates, or refuses. <paramref name="refillConcentrations"/> are those of the catalogue's refill presentations in mcg/mL (the
    /// screening strength is never for a pump).
    /// </summary>
    public static RefillCalculation Calculate(PumpFill fill, IReadOnlySet<decimal> refillConcentrations, RefillPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(fill);
        ArgumentNullException.ThrowIfNull(refillConcentrations);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(policy.MaxRefillIntervalDays, nameof(policy));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(policy.MaxRefillIntervalDays, MaxDays, nameof(policy));

        var refusals = Refuse(fill, refillConcentrations);
        if (refusals.Count > 0) return new RefillCalculation(null, refusals, []);

        // Divide once and last: a diluted concentration can make the daily volume an endless fraction.
        var toAlarm = decimal.Floor((fill.FillVolumeMl - fill.AlarmVolumeMl) * fill.ConcentrationMcgPerMl / fill.DailyDoseMcg);
        var toEmpty = decimal.Floor(fill.FillVolumeMl * fill.ConcentrationMcgPerMl / fill.DailyDoseMcg);
        if (toEmpty > MaxDays)
        {
            return new RefillCalculation(null, [new Refusal("DOSE_TOO_LOW", Say.It("The daily dose would make the fill last over 100 years: check the units (mcg per day, mcg/mL)."))], []);
        }

        var countedFrom = fill.VolumeOn ?? fill.FillDate;
        var calculated = countedFrom.AddDays((int)toAlarm);
        var dates = new RefillDates
        {
            DaysToAlarm = (int)toAlarm,
            DaysToEmpty = (int)toEmpty,
            CalculatedLowReservoirOn = calculated,
            LowReservoirOn = fill.PrintoutLowReservoirOn ?? calculated,
            IsFromPrintout = fill.PrintoutLowReservoirOn is not null,
            StabilityLimitOn = fill.FillDate.AddDays(policy.MaxRefillIntervalDays),
        };
        return new RefillCalculation(dates, [], Warn(fill, dates, countedFrom, policy));
    }

    private static List<Refusal> Refuse(PumpFill fill, IReadOnlySet<decimal> refillConcentrations)
    {
        var refusals = new List<Refusal>();
        void No(string code, string sentence) => refusals.Add(new Refusal(code, sentence));

        var isReadable = true;
        void Bounds(decimal? value, string name)
        {
            if (value is not { } v || (v <= MaxValue && decimal.Round(v, MaxDecimals) == v)) return;
            isReadable = false;
            No("NUMBER_OUT_OF_RANGE", Say.It("The {0} must be at most {1:0} with at most {2} decimals.", Say.It(name), MaxValue, MaxDecimals));
        }
        Bounds(fill.FillVolumeMl, "fill volume");
        Bounds(fill.AlarmVolumeMl, "alarm volume");
        Bounds(fill.ConcentrationMcgPerMl, "concentration");
        Bounds(fill.DailyDoseMcg, "daily dose");
        Bounds(fill.ReservoirMl, "reservoir size");

        if (fill.FillVolumeMl <= 0) No("FILL_VOLUME_NOT_POSITIVE", Say.It("The fill volume must be more than 0 mL."));
        if (fill.AlarmVolumeMl < 0) No("ALARM_VOLUME_NEGATIVE", Say.It("The alarm volume cannot be below 0 mL."));
        if (fill.FillVolumeMl > 0 && fill.AlarmVolumeMl >= fill.FillVolumeMl)
            No("ALARM_NOT_BELOW_FILL", Say.It("The alarm volume ({0:0.######} mL) must be below the fill volume ({1:0.######} mL).", fill.AlarmVolumeMl, fill.FillVolumeMl));
        if (fill.ReservoirMl <= 0) No("RESERVOIR_NOT_POSITIVE", Say.It("The reservoir size must be more than 0 mL."));
        else if (fill.FillVolumeMl > fill.ReservoirMl)
            No("FILL_OVER_RESERVOIR", Say.It("The fill volume ({0:0.######} mL) is more than the reservoir holds ({1:0.######} mL).", fill.FillVolumeMl, fill.ReservoirMl));
        if (fill.DailyDoseMcg <= 0) No("DOSE_NOT_POSITIVE", Say.It("The daily dose must be more than 0 mcg."));
        if (fill.ConcentrationMcgPerMl <= 0) No("CONCENTRATION_NOT_POSITIVE", Say.It("The concentration must be more than 0 mcg/mL."));
        else if (isReadable && !fill.IsDiluted && !refillConcentrations.Contains(fill.ConcentrationMcgPerMl))
            No("CONCENTRATION_NOT_IN_CATALOGUE", Say.It("{0:0.######} mcg/mL is not a refill concentration of the catalogue: correct it, or tick \"diluted\".", fill.ConcentrationMcgPerMl));

        if (fill.FillDate < EarliestFill || fill.FillDate > LatestFill) No("FILL_DATE_OUT_OF_RANGE", Say.It("The fill date {0:yyyy-MM-dd} cannot be right.", fill.FillDate));
        if (fill.VolumeOn < fill.FillDate) No("VOLUME_BEFORE_FILL", Say.It("The day of the remaining volume is before the fill date."));
        else if (fill.VolumeOn > LatestFill) No("VOLUME_DATE_OUT_OF_RANGE", Say.It("The day of the remaining volume {0:yyyy-MM-dd} cannot be right.", fill.VolumeOn));
        if (fill.PrintoutLowReservoirOn < (fill.VolumeOn ?? fill.FillDate))
            No("PRINTOUT_BEFORE_FILL", Say.It("The low-reservoir date of the printout is before the fill or dose change: it belongs to an earlier fill."));
        return refusals;
    }

    private static List<RefillWarning> Warn(PumpFill fill, RefillDates dates, DateOnly countedFrom, RefillPolicy policy)
    {
        var warnings = new List<RefillWarning>();
        var interval = Math.Min(dates.DaysToAlarm, dates.LowReservoirOn.DayNumber - countedFrom.DayNumber);
        if (interval < policy.ShortIntervalDays)
            warnings.Add(new RefillWarning("SHORT_INTERVAL", Say.It("The low-reservoir date comes after {0} days, fewer than {1}: check dose, concentration and volume.", interval, policy.ShortIntervalDays)));
        if (fill.PrintoutLowReservoirOn is { } printout)
        {
            var apart = Math.Abs(printout.DayNumber - dates.CalculatedLowReservoirOn.DayNumber);
            if (apart > policy.PrintoutToleranceDays)
                warnings.Add(new RefillWarning("PRINTOUT_DIFFERS", Say.It("The printout says {0:yyyy-MM-dd}, the calculation {1:yyyy-MM-dd}: {2} days apart. The printout counts; check the entries.", printout, dates.CalculatedLowReservoirOn, apart)));
        }
        if (fill.ReservoirMl is null)
            warnings.Add(new RefillWarning("RESERVOIR_NOT_STATED", Say.It("The reservoir size is not stated, so the fill volume was not checked against it.")));
        return warnings;
    }

}
