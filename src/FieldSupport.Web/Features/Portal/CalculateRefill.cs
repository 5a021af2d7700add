using System.Globalization;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Features.Catalogue;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class CalculateRefillController(ISender sender) : Controller
{
    [HttpGet("/portal/refills/calculator"), Sends(typeof(CalculateRefill.Query))]
    public async Task<IActionResult> Show(CancellationToken cancellationToken) =>
        Page((await sender.Send(new CalculateRefill.Query(null), cancellationToken)).OrAbsent());

    // Posted, so that no number of it stands in an address; answered at once, so that none is kept for another page.
    [HttpPost("/portal/refills/calculator"), Sends(typeof(CalculateRefill.Query))]
    public async Task<IActionResult> Calculate(CalculateRefill.Form form, CancellationToken cancellationToken)
    {
        ModelState.Clear();
        return Page((await sender.Send(new CalculateRefill.Query(form), cancellationToken)).OrAbsent());
    }

    private ViewResult Page(CalculateRefill.Page page)
    {
        Response.Headers.CacheControl = "no-store";
        foreach (var (field, sentence) in page.Problems) ModelState.AddModelError(field, sentence);
        if (page.Problems.Count > 0) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return View(nameof(CalculateRefill), page);
    }
}

/// <summary>
/// The refill calculator of domain.md §1.6. It runs for the practice and keeps nothing: not stored, not logged, in no address and no cookie.
/// Onward goes the visit's day, with refill-by.
/// </summary>
public static class CalculateRefill
{
    /// <summary>As typed, so that a number that cannot be read is answered at its field.</summary>
    public sealed record Form
    {
        public string? FillDate { get; init; }
        public string? FillVolume { get; init; }
        public string? AlarmVolume { get; init; } = "2";
        public string? Concentration { get; init; }
        public bool Diluted { get; init; }
        public string? Dose { get; init; }
        public string? Reservoir { get; init; }
        public string? Printout { get; init; }

        /// <summary>The record would write every value into whatever prints it.</summary>
        public override string ToString() => nameof(CalculateRefill);
    }

    [Requires(Permission.EnterRefills)]
    public sealed record Query(Form? Form) : IQuery<Page?>;

    public sealed record Page(
        string Account, DateOnly Today, Form Form, IReadOnlyList<decimal> Concentrations, IReadOnlyList<(string Field, string Sentence)> Problems, Result? Result, string Seen);

    /// <param name="Exact">Days to the alarm volume before rounding down, as a formula.</param>
    /// <param name="NeedBy">Of the target visit, in the clinic's zone.</param>
    public sealed record Result(RefillDates Dates, IReadOnlyList<RefillWarning> Warnings, string Exact, DateOnly VisitOn, DateTimeOffset NeedBy, DateTimeOffset Now, TimeZoneInfo Zone, RefillPolicy Policy);

    internal sealed class Handler(RefillBook book, Domain.Chasing.RiskCalendars calendars) : IQueryHandler<Query, Page?>
    {
        private RefillPolicy Policy { get; } = RefillPolicy.Default with
        {
            MaxRefillIntervalDays = calendars.Policy.MaxRefillIntervalDays, RefillBufferDays = calendars.Policy.RefillBufferDays, NeedByBufferDays = calendars.Policy.NeedByClinicDays,
        };

        public async Task<Page?> Handle(Query query, CancellationToken cancellationToken)
        {
            if (await book.Practice(cancellationToken) is not { } practice) return null;
            var strengths = Presentations.Listed.Where(p => !p.IsScreening && p.ConcentrationMcgPerMl is not null && p.IsListedOn(practice.Today))
                .Select(p => p.ConcentrationMcgPerMl!.Value).Distinct().Order().ToList();
            var page = new Page(practice.Account.Name, practice.Today, query.Form ?? new Form(), strengths, [], null, await book.Seen(practice, cancellationToken));
            if (query.Form is not { } form) return page;

            var problems = new List<(string, string)>();
            var fill = Read(form, problems, practice.Today);
            if (fill is null) return page with { Problems = problems };
            var answer = RefillArithmetic.Calculate(fill, strengths.ToHashSet(), Policy);
            if (answer.Dates is not { } dates) return page with { Problems = [.. answer.Refusals.Select(r => (FieldOf(r.Code), r.Sentence))] };
            if (dates.RefillByOn < practice.Today.AddYears(-1) || dates.RefillByOn > practice.Today.AddYears(2))
                return page with { Problems = [(nameof(Form.FillDate), Say.It("Refill-by would lie more than a year from now. Look at the year of the fill date."))] };
            var visit = dates.TargetVisitOn(practice.Clinic, Policy.RefillBufferDays);
            return page with
            {
                Result = new Result(dates, answer.Warnings, Say.It("({0:0.######} − {1:0.######}) mL × {2:0.######} mcg/mL ÷ {3:0.######} mcg a day = {4:0.000}", fill.FillVolumeMl, fill.AlarmVolumeMl, fill.ConcentrationMcgPerMl, fill.DailyDoseMcg, (fill.FillVolumeMl - fill.AlarmVolumeMl) * fill.ConcentrationMcgPerMl / fill.DailyDoseMcg),
                    visit, ShippingDates.NeedBy(visit, practice.Clinic, Policy.NeedByBufferDays), practice.Now, practice.Clinic.Zone, Policy),
            };
        }

        private static PumpFill? Read(Form form, List<(string, string)> problems, DateOnly today)
        {
            var filled = Day(form.FillDate, nameof(form.FillDate), Say.It("Enter the day on which the pump was filled."), isNeeded: true);
            var volume = Number(form.FillVolume, nameof(form.FillVolume), Say.It("Enter the fill volume in mL."), isNeeded: true);
            var alarm = Number(form.AlarmVolume, nameof(form.AlarmVolume), "", isNeeded: false);
            var strength = Number(form.Concentration, nameof(form.Concentration), Say.It("Enter the concentration in mcg/mL."), isNeeded: true);
            var dose = Number(form.Dose, nameof(form.Dose), Say.It("Enter the dose of 24 hours in mcg."), isNeeded: true);
            var reservoir = Number(form.Reservoir, nameof(form.Reservoir), "", isNeeded: false);
            var printout = Day(form.Printout, nameof(form.Printout), "", isNeeded: false);
            if (filled > today) problems.Add((nameof(form.FillDate), Say.It("The fill date lies ahead. Enter the day on which the pump was filled.")));
            return problems.Count > 0 ? null : new PumpFill
            {
                FillDate = filled!.Value, FillVolumeMl = volume!.Value, AlarmVolumeMl = alarm ?? 2m, ConcentrationMcgPerMl = strength!.Value, DailyDoseMcg = dose!.Value,
                ReservoirMl = reservoir, IsDiluted = form.Diluted, PrintoutLowReservoirOn = printout,
            };

            decimal? Number(string? text, string field, string missing, bool isNeeded)
            {
                if (string.IsNullOrWhiteSpace(text))
                {
                    if (isNeeded) problems.Add((field, missing));
                    return null;
                }
                // No thousands: "2,000" and "0,5" would be read as another number than the one that is meant.
                if (text.Length <= 30 && decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
                problems.Add((field, Say.It("That is not a number. Write it with digits and a point, such as 275.5, without a comma.")));
                return null;
            }

            DateOnly? Day(string? text, string field, string missing, bool isNeeded)
            {
                if (string.IsNullOrWhiteSpace(text))
                {
                    if (isNeeded) problems.Add((field, missing));
                    return null;
                }
                var read = WrittenDate.Read(text, today);
                if (read.On is null || read.Sentence is not null) problems.Add((field, read.On is null ? read.Sentence! : Say.It("Write the date with its year, such as 2027-01-13.")));
                return read.On;
            }
        }

        private static string FieldOf(string code) => code switch
        {
            "FILL_VOLUME_NOT_POSITIVE" or "FILL_OVER_RESERVOIR" => nameof(Form.FillVolume),
            "ALARM_VOLUME_NEGATIVE" or "ALARM_NOT_BELOW_FILL" => nameof(Form.AlarmVolume),
            "RESERVOIR_NOT_POSITIVE" => nameof(Form.Reservoir),
            "DOSE_NOT_POSITIVE" or "DOSE_TOO_LOW" => nameof(Form.Dose),
            "CONCENTRATION_NOT_POSITIVE" or "CONCENTRATION_NOT_IN_CATALOGUE" => nameof(Form.Concentration),
            "FILL_DATE_OUT_OF_RANGE" => nameof(Form.FillDate),
            "PRINTOUT_BEFORE_FILL" => nameof(Form.Printout),
            _ => "",
        };
    }
}
