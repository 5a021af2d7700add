using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Compliance;

namespace FieldSupport.Web.Features.Portal;

/// <summary>The page of <see cref="ConfirmReceipt"/> and its form: lines, what a scanner typed into them, photos and the question.</summary>
public static partial class ConfirmReceipt
{
    /// <param name="Order">Null for a parcel without an order, which nobody confirms here.</param>
    /// <param name="IsComplete">All packs are accounted for; the recorded lines are the answer.</param>
    public sealed record Page(
        string Number, string? Order, string? Po, string Carrier, string Tracking, TimeZoneInfo Zone, DateTimeOffset? DeliveredAtUtc, string? SignedBy,
        IReadOnlyList<ExpectedLine> Expected, IReadOnlyList<RecordedLine> Recorded, bool IsComplete, string Receiver)
    {
        /// <summary>Why packs of this parcel are not to be used, however good they look; null for an ordinary one.</summary>
        public string? Quarantined { get; init; }
        public Form Form { get; init; } = new();
        public required DateTimeOffset Now { get; init; }
        /// <summary>Somebody else was faster than this form.</summary>
        public bool IsLate { get; init; }
        /// <summary>The report that was made of a form which came too late.</summary>
        public string? Reported { get; init; }

        /// <summary>The very same lines a moment ago; of no form: that it did not arrive.</summary>
        public bool IsRecordedAlready(Form? form)
        {
            var fresh = Recorded.Where(r => Now - r.ReceivedAtUtc < TimeSpan.FromMinutes(1)).ToList();
            if (form is null) return fresh.Count > 0 && fresh.TrueForAll(r => r.Condition == ReceiptCondition.WrongAddress);
            // "Yes" sent after "no" is something new, or what happened would be lost.
            if (form.Safety?.IsYes == true && fresh.TrueForAll(r => r.SafetyAnswer is null or SafetyQuestion.No)) return false;
            var sent = form.Lines.Where(l => l.Packs > 0 || l.Condition != WireName.Of(ReceiptCondition.Good)).ToList();
            return sent.Count > 0 && sent.TrueForAll(l => fresh.Exists(r => r.ReceivedBy == form.ReceivedBy?.Trim() && r.Packs == l.Packs && r.Lot == (l.Lot?.Trim() ?? "") && r.ExpiryOn == l.Expiry
                && r.Ndc == (Catalogue.Presentations.FindWritten(l.Ndc ?? "")?.Ndc ?? l.Ndc?.Trim()) && WireName.Of(r.Condition) == l.Condition));
        }
    }

    public sealed record ExpectedLine(string Ndc, string Name, int Packs, int Accounted);
    public sealed record RecordedLine(string Ndc, int Packs, string Lot, DateOnly? ExpiryOn, ReceiptCondition Condition, string ReceivedBy, DateTimeOffset ReceivedAtUtc, string? SignedBy, DateTimeOffset RecordedAtUtc, string? SafetyAnswer);

    public sealed class Form
    {
        public List<LineForm> Lines { get; set; } = [];
        public string? ReceivedBy { get; set; }
        public bool MissingAreShort { get; set; }
        /// <summary>How many lines were recorded when the form was drawn.</summary>
        public int? Seen { get; set; }
        public SafetyQuestion.Form? Safety { get; set; }
        public List<IFormFile> Photos { get; set; } = [];
        /// <summary>Photos that were sent with this form before and are still wanted.</summary>
        public List<string> Kept { get; set; } = [];

        internal List<KeptPhoto> Shelf { get; set; } = [];

        public static Form Of(Page page) => new()
        {
            ReceivedBy = page.Receiver, Seen = page.Recorded.Count,
            Lines = page.Expected.Where(e => e.Accounted < e.Packs)
                .Select(e => new LineForm { Ndc = e.Ndc, Packs = e.Packs - e.Accounted, Condition = WireName.Of(ReceiptCondition.Good) }).ToList(),
        };

        /// <summary>Packs of a product that this form says nothing about.</summary>
        public int Missing(ExpectedLine expected) =>
            expected.Packs - expected.Accounted - Lines.Where(l => l.Ndc == expected.Ndc && l.Condition is not ("OVER" or "WRONG_ITEM" or "WRONG_ADDRESS")).Sum(l => l.Packs ?? 0);
    }

    public sealed class LineForm
    {
        public string? Ndc { get; set; }
        public int? Packs { get; set; }
        public string? Lot { get; set; }
        public DateOnly? Expiry { get; set; }
        public string? Condition { get; set; }
        /// <summary>What a scanner typed, until it is read.</summary>
        public string? Scan { get; set; }

        /// <summary>What there is to say of the code that was read.</summary>
        internal string? ScanWords { get; private set; }
        internal bool IsScanGood { get; private set; }

        /// <summary>Lot and expiry as the carton's code says. What does not fit is said and holds nothing up.</summary>
        internal void Fill(Page page, DateOnly today)
        {
            var outcome = Gs1.Parse(Scan);
            if (outcome.Refusal is { } refusal)
            {
                ScanWords = refusal.Sentence;
                return;
            }
            var code = outcome.Value;
            Scan = null;
            if (code.Gtin is { } gtin && Ndc is { } ndc && !Gs1.IsOf(gtin, ndc))
            {
                var other = page.Expected.FirstOrDefault(e => e.Ndc != ndc && Gs1.IsOf(gtin, e.Ndc));
                ScanWords = other is null ? Say.It("The code is of another product (GTIN {0}). If that is what came, state the condition as wrong item.", gtin) : Say.It("The code is of {0}. Scan it there.", other.Name);
                return;
            }
            if (code.Lot is null && code.ExpiryOn is null)
            {
                ScanWords = Say.It("The code holds neither lot nor expiry. Enter them as printed.");
                return;
            }
            (Lot, Expiry) = (code.Lot ?? Lot, code.ExpiryOn ?? Expiry);
            (ScanWords, IsScanGood) = code.ExpiryOn < today
                ? (Say.It("This lot expired on {0:yyyy-MM-dd} and cannot be confirmed as good. State it as expired or short-dated.", code.ExpiryOn), false)
                : code.LotMayRunOn ? (Say.It("Filled in. The scanner lost a separator: compare the lot with the carton."), false)
                : code.Gtin is null ? (Say.It("Filled in. The code names no product: compare it with the carton."), false) : (Say.It("Filled in from the code. Compare it with the carton."), true);
        }
    }
}
